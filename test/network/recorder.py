"""
The recorder: judges from the lamp drivers' own records alone what the lamps of a district showed.

It shares no code with the system, not even a language: it reads the district file and what each
driver wrote, one JSON object a line, and knows nothing else. Drivers stand on hosts of their own,
so it is the only one who sees a shared intersection whole: of each driver it believes the lamps
of the groups that the driver's node commands. All instants are on the monotonic clock of the
machine, which all hosts share but for a known offset of each.

It finds
- conflicts: two groups lit together that must not be, or one lit before the other's clearance;
- cuts: a green shorter than its minimum, an amber too short or left out, whoever lives or dies;
- gaps: lamps of a node that is to serve that flash, are dark, or are red for longer than all
  other stages can take; and greens that were agreed on and did not come, or not whole.

Usage: recorder.py RECORD.json; prints one JSON object, ends with 1 when it found something.

The record: {"district": FILE,
 "drivers": [{"node", "file", "clockMs": what its clock is ahead, "endedMs"?: when it was killed}],
 "serving": [{"node", "fromMs", "untilMs"}], "sinceMs"?: nothing before is told, "nowMs",
 "agreed"?: [FILE of lines {"group", "command"}, what groups agreed on about rights of way]}.
"""
import json
import sys

# Lamps on which someone moves, or is about to.
LIT = {'green', 'greenPermissive', 'amber', 'redAmber', 'flashingAmber'}
GREEN = {'green', 'greenPermissive'}
OUT = {'flashingAmber', 'flashingRed', 'dark'}
# Instants of a change may miss by so much, because a timer comes late.
STAMP_MS = 50
# A late timer takes this much of a green, because the right to be green ends all the same.
LATE_MS = 300
# Rights of way are agreed on the clock of a leader, which the recorder does not know: it is found
# by comparing what was agreed with what was lit, and counts as found when so many greens fit.
FITS_MIN = 3
FIT_MS = 400
# Of a right of way its holder keeps so much, beside amber and clearance, for lamps that are late.
RESERVE_MS = 250
# Red may last this much longer than all other stages take.
RED_SLACK_MS = 2500


def commanders(intersection):
    """The node of each group."""
    if 'node' in intersection:
        return {group['id']: intersection['node'] for group in intersection['groups']}
    return dict(intersection['nodes'])


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


class Findings:
    def __init__(self, since_ms):
        self.since_ms = since_ms
        self.conflicts = []
        self.cuts = []
        self.gaps = []

    def tell(self, kind, at_ms, text):
        if at_ms >= self.since_ms:
            getattr(self, kind).append({'atMs': round(at_ms), 'text': text})


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


def agreed_on(record):
    """Rights of way: {((group of nodes, term), intersection, group): [[from, until], …]}."""
    rights = {}
    releases = []
    for path in record.get('agreed', []):
        with open(path, encoding='utf8') as file:
            for text in file:
                line = json.loads(text)
                command = line['command']
                place = ((line['group'], command['term']), command['intersection'])
                if command['kind'] == 'right.release':
                    releases.append(((*place, command['group']), command))
                    continue
                for grant in command['grants']:
                    spans = rights.setdefault((*place, grant['group']), set())
                    spans.add((grant['fromMs'], grant['untilMs']))
    return {key: shortened(key, united(spans), releases) for key, spans in rights.items()}


def united(spans):
    """What touches or overlaps is one right: it was extended."""
    whole = []
    for from_ms, until_ms in sorted(spans):
        if whole and from_ms <= whole[-1][1]:
            whole[-1][1] = max(whole[-1][1], until_ms)
        else:
            whole.append([from_ms, until_ms])
    return whole


def shortened(key, spans, releases):
    for of, release in releases:
        for span in spans:
            if of == key and span[0] == release['fromMs']:
                span[1] = min(span[1], release['untilMs'])
    return spans


def ahead_ms(pairs):
    """What to add to agreed instants: where most agreed greens begin as lit ones do."""
    offsets = sorted(lit - agreed for agreed, lit in pairs)
    best = []
    for k, least in enumerate(offsets):
        near = [offset for offset in offsets[k:] if offset - least <= FIT_MS]
        if len(near) > len(best):
            best = near
    return best[len(best) // 2] if len(best) >= FITS_MIN else None


def judge_agreed(intersection, spells, record, findings):
    """Every right of way of a node that serves was used from its start to its end."""
    groups = {group['id']: group for group in intersection['groups']}
    nodes = commanders(intersection)
    rights = {
        (term, group): spans
        for (term, place, group), spans in agreed_on(record).items()
        if place == intersection['id']
    }
    count = 0
    for term in sorted({term for term, _ in rights}):
        mine = {group: spans for (of, group), spans in rights.items() if of == term}
        lit = {group: green_spells(spells[group]) for group in mine}
        offset_ms = ahead_ms(
            [(span[0], one[0]) for group in mine for span in mine[group] for one in lit[group]]
        )
        if offset_ms is None:
            continue
        for group, spans in sorted(mine.items()):
            tail_ms = (groups[group]['amberS'] + groups[group]['redClearanceS']) * 1000
            for from_ms, until_ms in spans:
                green = (from_ms + offset_ms, until_ms + offset_ms - tail_ms - RESERVE_MS)
                if green[1] - green[0] < groups[group]['minGreenS'] * 1000:
                    continue  # Too short to be used.
                if not is_within(record['serving'], nodes[group], green):
                    continue
                count += 1
                judge_green(f"{intersection['id']}: {group}", green, lit[group], findings)
    return count


def green_spells(spells):
    """Greens from start to end, whatever became of their kind in between."""
    greens = []
    for from_ms, until_ms, lamp in spells:
        if lamp in GREEN and greens and greens[-1][1] == from_ms:
            greens[-1][1] = until_ms
        elif lamp in GREEN:
            greens.append([from_ms, until_ms])
    return greens


def is_within(serving, node, span):
    return any(
        one['node'] == node and one['fromMs'] <= span[0] and span[1] + LATE_MS <= one['untilMs']
        for one in serving
    )


def judge_green(name, green, lit, findings):
    from_ms, until_ms = green
    shown_ms = sum(max(0, min(one[1], until_ms) - max(one[0], from_ms)) for one in lit)
    if shown_ms < until_ms - from_ms - FIT_MS:
        text = f'{name} was green for {shown_ms:.0f} of {until_ms - from_ms:.0f} ms agreed on'
        findings.tell('gaps', from_ms, text)


def judge(record):
    with open(record['district'], encoding='utf8') as file:
        district = json.load(file)
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
        judge_serving(intersection, spells, record, findings)
        agreed += judge_agreed(intersection, spells, record, findings)
    return {
        'lines': sum(len(changes) for changes in changes_of.values()),
        'greens': greens,
        'agreed': agreed,
        'conflicts': findings.conflicts,
        'cuts': findings.cuts,
        'gaps': findings.gaps,
    }


def main():
    with open(sys.argv[1], encoding='utf8') as file:
        verdict = judge(json.load(file))
    print(json.dumps(verdict))
    sys.exit(1 if verdict['conflicts'] or verdict['cuts'] or verdict['gaps'] else 0)


if __name__ == '__main__':
    main()
