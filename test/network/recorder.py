"""
The recorder: judges from the lamp drivers' own records alone what the lamps of a district showed.

It shares no code with the system, not even a language: it reads the district file, what each driver
wrote, one JSON object a line, and which rights of way were agreed on, and knows nothing else. Drivers stand on hosts of their own,
so it is the only one who sees a shared intersection whole: of each driver it believes the lamps
of the groups that the driver's node commands. All instants are on the monotonic clock of the
machine, which all hosts share but for a known offset of each.

It finds
- conflicts: two groups lit together that must not be, or one lit before the other's clearance;
- cuts: a green shorter than its minimum, an amber too short or left out, a red after it shorter
  than its clearance, whoever lives or dies; and of a node that died, a green that did not go
  through all of these;
- overruns: lamps lit outside the right of way of their group, or, where nothing is agreed on,
  green for longer than the group's maximum;
- gaps: lamps of a node that is to serve that flash, are dark, or are red for longer than all
  other stages can take; and greens that were agreed on and did not come, or not whole.

Usage: recorder.py RECORD.json; prints one JSON object, ends with 1 when it found something.

The record: {"district": FILE,
 "drivers": [{"node", "file", "clockMs": what its clock is ahead, "endedMs"?: when it was killed}],
 "serving": [{"node", "fromMs", "untilMs"}], "sinceMs"?: nothing before is told, "nowMs",
 "deaths"?: [{"node", "atMs"}], nodes that were killed while their drivers went on,
 "agreed"?: [FILE of lines {"group", "command", "heardMs"?}, what groups agreed on about rights]}.
"""
import json
import sys

from recorder_rights import judge_agreed, judge_rights
from recorder_words import GREEN, KINDS, LATE_MS, LIT, OUT, STAMP_MS, Findings, commanders, runs

# By so much a node may be wrong about the clock of a leader, unless the district says otherwise.
CLOCK_BOUND_MS = 200
# Red may last this much longer than all other stages take.
RED_SLACK_MS = 2500


def read_changes(driver):
    """What a driver showed: (instant on the machine's clock, intersection, lamps by group)."""
    changes = []
    with open(driver['file'], encoding='utf8') as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                continue  # A line cut short by the death of the process that wrote it.
            if line.get('kind') == 'lamps':
                at_ms = line['nowMs'] - driver.get('clockMs', 0)
                changes.append((at_ms, line['intersection'], line['lamps']))
    return changes


def spells_of(record, intersection, changes_of):
    """What each group showed: [from, until, lamp] in order, the lamp until then the last."""
    spells = {}
    for group, node in commanders(intersection).items():
        mine = []
        for driver in record['drivers']:
            if driver['node'] != node:
                continue
            mine += [
                (at_ms, lamps.get(group, 'missing'))
                for at_ms, place, lamps in changes_of[driver['file']]
                # Of moments after now not all drivers may have been heard.
                if place == intersection['id'] and at_ms <= record['nowMs']
            ]
            if 'endedMs' in driver:
                # Nobody drives these lamps: they are without power.
                mine.append((driver['endedMs'], 'off'))
        mine.sort(key=lambda change: change[0])
        spells[group] = joined(mine, record['nowMs'])
    return spells


def joined(changes, now_ms):
    spells = []
    for at_ms, lamp in changes:
        if spells and spells[-1][2] == lamp:
            continue
        if spells:
            spells[-1][1] = at_ms
        spells.append([at_ms, now_ms, lamp])
    return spells


def lit_spells(spells):
    """Lit spells with what they claim: a permissive green and its amber look out for others."""
    found = []
    is_permissive = False
    for from_ms, until_ms, lamp in spells:
        if lamp in GREEN:
            is_permissive = lamp == 'greenPermissive'
        looks_out = lamp == 'redAmber' or (lamp in GREEN | {'amber'} and is_permissive)
        if lamp in LIT:
            found.append((from_ms, until_ms, lamp, looks_out))
    return found


def judge_pairs(intersection, spells, findings):
    yields = {tuple(pair) for pair in intersection['yields']}
    clearance_ms = {g['id']: g['redClearanceS'] * 1000 for g in intersection['groups']}
    pairs = {tuple(sorted(pair)) for pair in intersection['conflicts'] + intersection['yields']}
    for a, b in sorted(pairs):
        for one in lit_spells(spells[a]):
            for other in lit_spells(spells[b]):
                if (a, b) in yields and one[3] or (b, a) in yields and other[3]:
                    continue
                judge_two(intersection['id'], (a, one), (b, other), clearance_ms, findings)


def judge_two(place, one, other, clearance_ms, findings):
    (a, first), (b, second) = sorted((one, other), key=lambda two: two[1][0])
    if second[0] < first[1]:
        both_ms = min(first[1], second[1]) - second[0]
        text = f'{place}: {a} {first[2]} and {b} {second[2]} together for {both_ms:.0f} ms'
        findings.tell('conflicts', second[0], text)
    elif second[0] - first[1] < clearance_ms[a] - STAMP_MS:
        apart_ms = second[0] - first[1]
        text = f'{place}: {b} {second[2]} {apart_ms:.0f} ms after {a} ended, within its clearance'
        findings.tell('conflicts', second[0], text)


def judge_minima(intersection, spells, findings):
    """Every green has its minimum and its amber, whatever became of its node."""
    for group in intersection['groups']:
        name = f"{intersection['id']}: {group['id']}"
        mine = spells[group['id']]
        for k, (from_ms, until_ms, lamp) in enumerate(mine):
            if lamp == 'missing':
                findings.tell('gaps', from_ms, f'{name} is not in its driver\'s record')
            if k + 1 == len(mine) or k == 0 or mine[k + 1][2] == 'off':
                continue
            after = mine[k + 1][2]
            lasted_ms = until_ms - from_ms
            if lamp in GREEN and after not in GREEN:
                if after != 'amber':
                    findings.tell('cuts', until_ms, f'{name} turned {after} from {lamp}')
                if lasted_ms < group['minGreenS'] * 1000 - LATE_MS:
                    findings.tell('cuts', until_ms, f'{name} was green for {lasted_ms:.0f} ms')
            if lamp == 'amber':
                if after != 'red':
                    findings.tell('cuts', until_ms, f'{name} turned {after} from amber')
                if lasted_ms < group['amberS'] * 1000 - STAMP_MS:
                    findings.tell('cuts', until_ms, f'{name} was amber for {lasted_ms:.0f} ms')
            if lamp == 'red' and mine[k - 1][2] == 'amber':
                if lasted_ms < group['redClearanceS'] * 1000 - STAMP_MS:
                    text = f'{name} was red for {lasted_ms:.0f} ms after amber'
                    findings.tell('cuts', until_ms, text)


def judge_deaths(intersection, spells, record, findings):
    """What was lit when its node died went on to amber and red. How long each lasted is judged with
    all others; here it is that nothing of it is left out."""
    nodes = commanders(intersection)
    for death in record.get('deaths', []):
        if death['atMs'] < findings.since_ms:
            continue
        for group in (id for id, node in nodes.items() if node == death['node']):
            name = f"{intersection['id']}: {group}"
            mine = [one for one in spells[group] if one[1] > death['atMs']]
            findings.deaths['all'] += 1
            kind = 'green' if mine and mine[0][2] in GREEN else mine[0][2] if mine else 'missing'
            if kind not in ('green', 'amber'):
                continue
            findings.deaths[kind] += 1
            after = [lamp for _, _, lamp in mine if lamp not in GREEN][:2]
            if after != ['amber', 'red'] and 'off' not in after:
                shown = ', '.join(after) or 'nothing'
                text = f'{name} showed {shown} after the green of its node, which died'
                findings.tell('cuts', death['atMs'], text)


def red_ms_max(intersection, group):
    """All other stages at their maximum green, and all changes."""
    groups = {one['id']: one for one in intersection['groups']}
    total_s = 0
    for stage in intersection['stages']:
        lit = [groups[id] for id in stage['green'] + stage.get('permissive', [])]
        total_s += max(one['amberS'] + one['redClearanceS'] for one in lit)
        if groups[group] not in lit:
            total_s += max(one['maxGreenS'] for one in lit)
    return total_s * 1000 + RED_SLACK_MS


def judge_serving(intersection, spells, record, findings):
    nodes = commanders(intersection)
    for serving in record['serving']:
        for group in (id for id, node in nodes.items() if node == serving['node']):
            name = f"{intersection['id']}: {group}"
            limit_ms = red_ms_max(intersection, group)
            if not spells[group]:
                findings.tell('gaps', serving['untilMs'], f'{name} has no record at all')
            for from_ms, until_ms, lamp in spells[group]:
                from_ms = max(from_ms, serving['fromMs'])
                until_ms = min(until_ms, serving['untilMs'])
                if from_ms >= until_ms:
                    continue
                lasted_ms = until_ms - from_ms
                if lamp in OUT or lamp == 'off':
                    findings.tell('gaps', until_ms, f'{name} was {lamp} for {lasted_ms:.0f} ms')
                # Turns are agreed on ahead: who has just come back waits for those without it.
                has_come = from_ms == serving['fromMs'] and len(set(nodes.values())) > 1
                allowed_ms = limit_ms * 2 if has_come else limit_ms
                if lamp == 'red' and lasted_ms > allowed_ms:
                    text = f'{name} was red for {lasted_ms:.0f} ms, more than {allowed_ms:.0f}'
                    findings.tell('gaps', until_ms, text)


def judge_maxima(intersection, spells, findings):
    """No green lasts longer than its maximum."""
    for group in intersection['groups']:
        name = f"{intersection['id']}: {group['id']}"
        for from_ms, until_ms in runs(spells[group['id']], GREEN):
            if until_ms - from_ms > group['maxGreenS'] * 1000 + LATE_MS:
                text = f'{name} was green for {until_ms - from_ms:.0f} ms, more than its maximum'
                findings.tell('overruns', until_ms, text)


def judge(record):
    with open(record['district'], encoding='utf8') as file:
        district = json.load(file)
    record['clockBoundMs'] = district.get('timing', {}).get('clockBoundMsMax', CLOCK_BOUND_MS)
    findings = Findings(record.get('sinceMs', 0))
    changes_of = {driver['file']: read_changes(driver) for driver in record['drivers']}
    greens = {}
    agreed = 0
    for intersection in district['intersections']:
        spells = spells_of(record, intersection, changes_of)
        for group, mine in spells.items():
            name = f"{intersection['id']}/{group}"
            greens[name] = sum(1 for spell in mine if spell[2] in GREEN)
        judge_pairs(intersection, spells, findings)
        judge_minima(intersection, spells, findings)
        judge_deaths(intersection, spells, record, findings)
        judge_serving(intersection, spells, record, findings)
        if len(set(commanders(intersection).values())) > 1:
            judge_rights(intersection, spells, record, findings)
        else:
            judge_maxima(intersection, spells, findings)
        agreed += judge_agreed(intersection, spells, record, findings)
    return {
        'lines': sum(len(changes) for changes in changes_of.values()),
        'greens': greens,
        'agreed': agreed,
        'deaths': findings.deaths,
        'conflicts': findings.conflicts,
        'cuts': findings.cuts,
        'overruns': findings.overruns,
        'gaps': findings.gaps,
    }


def main():
    with open(sys.argv[1], encoding='utf8') as file:
        verdict = judge(json.load(file))
    print(json.dumps(verdict))
    sys.exit(1 if any(verdict[kind] for kind in KINDS) else 0)


if __name__ == '__main__':
    main()
