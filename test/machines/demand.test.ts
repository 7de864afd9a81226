/** Who speaks for the cabinet of a node that shares an intersection, sentence by sentence. */
import { describe, expect, test } from 'vitest';
import { demandMachine } from '../../machines/demand.ts';
import type { Command } from '../../protocol/command.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Emitted } from '../../protocol/event.ts';
import { town } from '../../simulation/town.ts';
import { only, Play, sent } from './play.ts';
import { committed, crossing, timing } from './right-words.ts';
import { isPlain } from './table.ts';

const quiet: Intersection = {
  ...crossing,
  groups: crossing.groups.map((group) =>
    group.kind === 'pedestrian' ? { ...group, onCall: true } : group,
  ),
};
type Playing = Play<typeof demandMachine>;
const elected = (leader: string) => ({ type: 'election.elected', leader, term: 2 }) as const;
const press = (group: string) =>
  ({ type: 'lamps.input', input: 'call', group, active: true }) as const;
const input = (group: string, active = true) =>
  ({ type: 'lamps.input', input: 'preempt', group, active }) as const;
const shown = (lamps: Record<string, 'red' | 'green'>) => ({ type: 'lamps.shown', lamps }) as const;
const ready = { type: 'lamps.ready' } as const;
const lost = { type: 'lamps.lost', reason: 'it died' } as const;
const refused = { type: 'lamps.refused', reason: 'latched' } as const;

/** n1n, which commands N and the crossing, under the leader n1e, with its lamps there. */
const played = (id = 'n1n'): Playing => {
  const play = new Play(demandMachine, { id, timing, intersection: quiet }, { nowMs: 1_000 });
  play.hear(elected('n1e'));
  play.hear(ready);
  return play;
};
const words = (said: readonly Emitted[]) =>
  sent(said).map(({ to, message }) => {
    const { calls, isDark } = message as unknown as { calls: string[]; isDark: boolean };
    return { to, calls, isDark };
  });
const commands = (said: readonly Emitted[]): Command[] =>
  only(said, 'replica.request').map(({ command }) => command);
const called = (group: string, id = `local:x1/${group}`) =>
  committed({ kind: 'preempt.call', id, intersection: 'x1', group, forS: 60 });

test('where one node serves all, or this one serves none, nobody is told anything', () => {
  for (const intersection of [town(1).intersections[0] ?? null, null]) {
    const play = new Play(demandMachine, { id: 'n1', timing, intersection });
    play.hear(elected('n2'));
    expect([...play.hear(press('walk')), ...play.hear(input('NS')), ...play.pass(9_000)]).toEqual(
      [],
    );
  }
});

describe('a push button', () => {
  test('is told to the leader again and again until there is green, and then once that it is over', () => {
    const play = played();
    expect(words(play.hear(press('walk')))).toEqual([
      { to: 'n1e', calls: ['walk'], isDark: false },
    ]);
    expect(words(play.pass(3 * timing.retryMs))).toHaveLength(3);
    expect(words(play.hear(shown({ walk: 'green' })))).toMatchObject([{ calls: [] }]);
    expect(play.pass(10_000)).toEqual([]);
  });

  test('is told to the next leader at once', () => {
    const play = played();
    play.hear(press('walk'));
    expect(words(play.hear(elected('n1s')))).toMatchObject([{ to: 'n1s', calls: ['walk'] }]);
  });

  test('is no message where this node leads, but a fact that its schedule hears', () => {
    const play = played();
    play.hear(elected('n1n'));
    const said = play.hear(press('walk'));
    expect(words(said)).toEqual([]);
    expect(only(said, 'demand.changed')).toMatchObject([{ calls: ['walk'], intersection: 'x1' }]);
  });

  test('of a crossing that is green, or has its turn unasked, says nothing', () => {
    const play = played();
    play.hear(shown({ walk: 'green' }));
    expect([...play.hear(press('walk')), ...play.hear(press('N'))]).toEqual([]);
  });

  test('of a crossing of another cabinet is over when it was granted', () => {
    const play = played('n1w');
    play.hear(press('walk'));
    const last = { stage: 'ns', fromMs: 0, greenUntilMs: 9_000, plannedMs: 9_000 };
    const right = { group: 'walk', permissive: false, fromMs: 0, untilMs: 12_000 };
    const grant = { kind: 'right.grant', intersection: 'x1', term: 1, nowMs: 0 } as const;
    play.hear(committed({ ...grant, present: [], last, grants: [right] }));
    expect(play.snapshot.context.calls).toEqual([]);
  });
});

describe('lamps that nobody can light', () => {
  test('are told when their driver is lost and not back at once, until it is', () => {
    const play = played();
    expect(words(play.hear(lost))).toEqual([]);
    expect(words(play.pass(timing.retryMs))).toMatchObject([{ to: 'n1e', isDark: true }]);
    expect(words(play.pass(timing.retryMs))).toHaveLength(1);
    expect(words(play.hear(ready))).toMatchObject([{ isDark: false }]);
    expect(play.pass(10_000)).toEqual([]);
  });

  test('are not told for one refusal, after which a sequence is accepted', () => {
    const play = played();
    play.hear(refused);
    play.pass(timing.retryMs);
    play.hear({ type: 'lamps.accepted', ticket: 1 });
    expect(play.pass(10_000)).toEqual([]);
  });

  test('are told when a latched driver goes on refusing, and tried again a horizon later', () => {
    const play = played();
    play.hear(refused);
    play.pass(1_000);
    play.hear(refused);
    expect(words(play.pass(timing.heartbeatTimeoutMs - 1_000))).toMatchObject([{ isDark: true }]);
    const said = words(play.pass(timing.rightHorizonMs));
    expect(said.at(-1)).toMatchObject({ isDark: false });
    expect(play.pass(10_000)).toEqual([]);
  });
});

describe('a preempt input', () => {
  test('is proposed to the district at once, and again until it is agreed', () => {
    const play = played();
    expect(commands(play.hear(input('N')))).toMatchObject([
      { kind: 'preempt.call', id: 'local:x1/N', intersection: 'x1', group: 'N', isLocal: true },
    ]);
    expect(commands(play.pass(timing.retryMs))).toHaveLength(1);
    play.hear(called('N'));
    expect(commands(play.pass(10_000))).toEqual([]);
  });

  test('is renewed while it stands, before its call runs out', () => {
    const play = played();
    const [first] = commands(play.hear(input('N')));
    const forMs = first?.kind === 'preempt.call' ? first.forS * 1000 : 0;
    play.hear(called('N'));
    expect(commands(play.pass(forMs / 2))[0]).toEqual(first);
  });

  test('that is taken back is cleared, again until the district has it so', () => {
    const play = played();
    play.hear(input('N'));
    play.hear(called('N'));
    const clear = { kind: 'preempt.clear', id: 'local:x1/N' } as const;
    expect(commands(play.hear(input('N', false)))).toEqual([clear]);
    expect(commands(play.pass(timing.retryMs))).toEqual([clear]);
    play.hear(committed(clear));
    expect(play.pass(60_000)).toEqual([]);
  });

  test('whose call had run out before is not cleared for ever', () => {
    const play = played();
    play.hear(input('N'));
    play.hear(input('N', false));
    const problems = ['no preemption local:x1/N stands'];
    const answer = { type: 'replica.answered', owner: 'demand', ticket: 2, problems } as const;
    play.hear({ ...answer, transient: true });
    expect(commands(play.pass(timing.retryMs))).toHaveLength(1);
    play.hear({ ...answer, transient: false });
    expect(play.pass(60_000)).toEqual([]);
  });

  test('is over when the driver is lost, and stands again when it says so', () => {
    const play = played();
    play.hear(input('N'));
    play.hear(called('N'));
    play.hear(lost);
    expect(commands(play.pass(timing.retryMs))).toMatchObject([{ kind: 'preempt.clear' }]);
    play.hear(ready);
    const again = commands(play.hear(input('N')));
    expect(again).toMatchObject([{ kind: 'preempt.call' }]);
  });

  test('of a group of another node is left to that one, if it hears it too', () => {
    const play = played('n1w');
    expect(commands(play.hear(input('N')))).toEqual([]);
    play.hear(called('N'));
    expect(commands(play.pass(10_000))).toEqual([]);
    const apart = played('n1w');
    apart.hear(input('N'));
    expect(commands(apart.pass(3 * timing.retryMs)).length).toBeGreaterThan(0);
  });
});

test('its context is plain JSON', () => {
  const play = played();
  play.hear(input('N'));
  play.hear(press('walk'));
  expect(isPlain(play.snapshot.context)).toBe(true);
});
