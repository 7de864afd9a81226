"""
What the recorder's parts have in common: lamps, tolerances, who commands what, and what is found.
"""
# Lamps on which someone moves, or is about to.
LIT = {'green', 'greenPermissive', 'amber', 'redAmber', 'flashingAmber'}
GREEN = {'green', 'greenPermissive'}
OUT = {'flashingAmber', 'flashingRed', 'dark'}
# Instants of a change may miss by so much, because a timer comes late.
STAMP_MS = 50
# A late timer takes this much of a green, because the right to be green ends all the same.
LATE_MS = 300


def commanders(intersection):
    """The node of each group."""
    if 'node' in intersection:
        return {group['id']: intersection['node'] for group in intersection['groups']}
    return dict(intersection['nodes'])


def runs(spells, lamps):
    """When one of `lamps` was shown, from start to end, whichever it was in between."""
    found = []
    for from_ms, until_ms, lamp in spells:
        if lamp in lamps and found and found[-1][1] == from_ms:
            found[-1][1] = until_ms
        elif lamp in lamps:
            found.append([from_ms, until_ms])
    return found


KINDS = ('conflicts', 'cuts', 'overruns', 'gaps')


class Findings:
    def __init__(self, since_ms):
        self.since_ms = since_ms
        self.conflicts = []
        self.cuts = []
        self.overruns = []
        self.gaps = []
        self.deaths = {'all': 0, 'green': 0, 'amber': 0}

    def tell(self, kind, at_ms, text):
        if at_ms >= self.since_ms:
            getattr(self, kind).append({'atMs': round(at_ms), 'text': text})
