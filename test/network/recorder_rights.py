"""
The part of the recorder that judges lamps by the rights of way that were agreed on: what is lit lies
inside them, and a node that is to serve uses them.

Rights of way are on the clock of a leader, which the recorder cannot read. But a grant says what
that clock showed when it was asked for, and was heard of later: so the clock was not behind by more
than that, and the soonest hearing of a term tells it best. So does the opening of a timescale, and
it says how far the clock may have been from that of an earlier term, which then tells of both.
"""
import json

from recorder_words import GREEN, LATE_MS, LIT, STAMP_MS, commanders, runs

# To say which greens should have come, the clock is found by comparing what was agreed with what was
# lit, and counts as found when so many greens fit.
FITS_MIN = 3
FIT_MS = 400
# Of a right of way its holder keeps so much, beside amber and clearance, for lamps that are late.
RESERVE_MS = 250
# The soonest hearing of a term comes at most so long after what was heard was asked for.
HEARD_MS = 1000


def agreed_lines(record):
    for path in record.get('agreed', []):
        with open(path, encoding='utf8') as file:
            for text in file:
                yield json.loads(text)


def agreed_on(record):
    """Rights of way: {((group of nodes, term), intersection, group): [[from, until], …]}."""
    rights = {}
    releases = []
    for line in agreed_lines(record):
        command = line['command']
        if command['kind'] == 'timescale.open':
            continue
        place = ((line['group'], command['term']), command['intersection'])
        if command['kind'] == 'right.release':
            releases.append(((*place, command['group']), command))
            continue
        for grant in command['grants']:
            spans = rights.setdefault((*place, grant['group']), set())
            spans.add((grant['fromMs'], grant['untilMs']))
    return {key: shortened(key, united(spans), releases) for key, spans in rights.items()}


def heard_ahead_ms(record):
    """What to add at most to the instants of each (group of nodes, term)."""
    ahead = {}
    related = {}
    for line in agreed_lines(record):
        command = line['command']
        if command['kind'] == 'right.release' or 'heardMs' not in line:
            continue
        term = (line['group'], command['term'])
        is_opening = command['kind'] == 'timescale.open'
        offset_ms = line['heardMs'] - command['startMs' if is_opening else 'nowMs']
        ahead[term] = min(ahead.get(term, offset_ms), offset_ms)
        if is_opening and 'to' in command:
            related[term] = ((line['group'], command['to']['term']), command['to']['boundMs'])
    for term, (earlier, bound_ms) in sorted(related.items()):
        if earlier in ahead:
            ahead[term] = min(ahead[term], ahead[earlier] + bound_ms)
    return ahead


def judge_rights(intersection, spells, record, findings):
    """Nothing is lit, nor on the road that it has let go, outside the rights of its group."""
    ahead = heard_ahead_ms(record)
    bound_ms = record['clockBoundMs']
    spans = {group['id']: [] for group in intersection['groups']}
    for (term, place, group), rights in agreed_on(record).items():
        if place == intersection['id'] and term in ahead:
            early_ms = ahead[term] - HEARD_MS - bound_ms
            late_ms = ahead[term] + bound_ms + STAMP_MS
            spans[group] += [(from_ms + early_ms, until_ms + late_ms) for from_ms, until_ms in rights]
    for group in intersection['groups']:
        name = f"{intersection['id']}: {group['id']}"
        rights = united(spans[group['id']])
        for from_ms, until_ms in runs(spells[group['id']], LIT):
            own = [right for right in rights if right[0] <= from_ms < right[1]]
            clear_ms = until_ms + group['redClearanceS'] * 1000
            if not own:
                findings.tell('overruns', from_ms, f'{name} was lit without a right of way')
            elif clear_ms > own[0][1]:
                text = f'{name} was lit for {clear_ms - own[0][1]:.0f} ms past its right of way'
                findings.tell('overruns', until_ms, text)


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
        lit = {group: runs(spells[group], GREEN) for group in mine}
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
