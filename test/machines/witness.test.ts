/** What operators are told of a shared intersection, by each of its nodes, sentence by sentence. */
import { describe, expect, test } from 'vitest';
import { witnessMachine } from '../../machines/witness.ts';
import type { Command } from '../../protocol/command.ts';
import { town } from '../../simulation/town.ts';
import { Play, sent } from './play.ts';
import { committed, crossing } from './right-words.ts';
import { isPlain } from './table.ts';

type Playing = Play<typeof witnessMachine>;
const OFFSET_MS = 5_000;
const reply = { host: '127.0.0.1', port: 7000 };
const ask = (forMs = 60_000) =>
  ({ type: 'phases.ask', reply, forMs, from: 'o', group: 'g', incarnation: 1, bytes: 9 }) as const;
const shown = (lamps: Record<string, 'red' | 'green'>) => ({ type: 'lamps.shown', lamps }) as const;

/** A stage of the timescale 1 that begins at an instant of our clock. */
const grant = (stage: string, atMs: number, more: { plan?: string; call?: string } = {}) => {
  const fromMs = atMs + OFFSET_MS;
  const untilMs = fromMs + 20_000;
  const groups = stage === 'ns' ? ['N', 'S'] : ['E', 'W'];
  const command: Command = {
    ...{ kind: 'right.grant', intersection: 'x1', term: 1, nowMs: fromMs - 1_000, present: [] },
    last: { stage, fromMs, greenUntilMs: untilMs, plannedMs: untilMs, ...more },
    grants: groups.map((group) => ({ group, permissive: false, fromMs, untilMs })),
  };
  return committed(command);
};

const played = (): Playing => {
  const play = new Play(witnessMachine, { id: 'n1n', intersection: crossing }, { nowMs: 10_000 });
  play.hear({
    type: 'timekeeper.synced',
    ...{ term: 1, offsetMs: OFFSET_MS, boundMs: 1, isOwn: false },
  });
  play.hear(shown({ N: 'red' }));
  return play;
};
const watched = (): Playing => {
  const play = played();
  play.hear(ask());
  return play;
};
const tells = (said: Parameters<typeof sent>[0]) => sent(said).map(({ message }) => message);

test('where one node serves all, or this one serves none, it tells nothing', () => {
  for (const intersection of [town(1).intersections[0] ?? null, null]) {
    const play = new Play(witnessMachine, { id: 'n1', intersection });
    expect(play.hear(ask())).toEqual([]);
  }
});

describe('an operator who asks', () => {
  test('is told at once what is lit', () => {
    const play = played();
    expect(tells(play.hear(ask()))).toEqual([
      { type: 'phases.tell', intersection: 'x1', moment: 'asked', mode: 'shared' },
    ]);
    play.hear(grant('ns', 11_000, { plan: 'p' }));
    play.pass(1_000);
    play.hear(shown({ N: 'green' }));
    expect(tells(play.hear(ask()))).toMatchObject([{ moment: 'asked', stage: 'ns', plan: 'p' }]);
  });

  test('again, as its stage begins, hears that it is lit', () => {
    const play = watched();
    play.hear(grant('ns', 12_000));
    play.pass(2_000);
    play.hear(shown({ N: 'green' }));
    play.hear(grant('ns', 30_000, { plan: 'p' }));
    play.pass(17_950);
    expect(tells(play.hear(ask()))).toMatchObject([
      { moment: 'lit', plan: 'p' },
      { moment: 'asked', plan: 'p' },
    ]);
    expect(tells(play.pass(100))).toEqual([]);
  });

  test('is told of a plan and of calls when they are agreed', () => {
    const play = watched();
    const call = { id: 'c', intersection: 'x1', group: 'E', forS: 9 };
    expect(tells(play.hear(committed({ kind: 'preempt.call', ...call })))).toMatchObject([
      { moment: 'taken', call: 'c' },
    ]);
    const elsewhere = { ...call, intersection: 'x2' };
    expect(play.hear(committed({ kind: 'preempt.call', ...elsewhere }))).toEqual([]);
    const splits = [{ stage: 'ns', splitS: 20 }];
    const intersections = [{ id: 'x1', offsetS: 0, splits }];
    const plan = { id: 'p', cycleS: 20, intersections };
    expect(tells(play.hear(committed({ kind: 'plan.adopt', plan })))).toMatchObject([
      { moment: 'taken', plan: 'p' },
    ]);
  });

  test('is told no more when the time is over that he gave, and nobody is woken for him', () => {
    const play = played();
    play.hear(ask(1_000));
    play.pass(1_001);
    play.hear(grant('ns', 12_000));
    play.pass(1_000);
    expect(play.hear(shown({ N: 'green' }))).toEqual([]);
    expect(play.value).toEqual({ present: 'unwatched' });
  });
});

describe('a stage', () => {
  test('is told as lit when its time has come and the lamps say so, once', () => {
    const play = watched();
    play.hear(grant('ns', 12_000, { plan: 'p', call: 'c' }));
    expect(tells(play.pass(2_000))).toEqual([]);
    expect(tells(play.hear(shown({ N: 'green' })))).toMatchObject([
      { moment: 'lit', stage: 'ns', plan: 'p', call: 'c' },
    ]);
    play.hear(grant('ns', 12_000, { plan: 'p', call: 'c' }));
    expect(tells(play.hear(shown({ N: 'green', E: 'red' })))).toEqual([]);
  });

  test('that goes on from the one before is told when its time has come', () => {
    const play = watched();
    play.hear(grant('ns', 12_000));
    play.pass(2_000);
    play.hear(shown({ N: 'green' }));
    play.hear(grant('ns', 30_000, { plan: 'p' }));
    expect(tells(play.pass(17_000))).toEqual([]);
    expect(tells(play.pass(1_000))).toMatchObject([{ moment: 'lit', stage: 'ns', plan: 'p' }]);
  });

  test('is told anew when it is made longer for a vehicle', () => {
    const play = watched();
    play.hear(grant('ns', 12_000));
    play.pass(2_000);
    play.hear(shown({ N: 'green' }));
    expect(tells(play.hear(grant('ns', 12_000, { call: 't' })))).toMatchObject([
      { moment: 'lit', call: 't' },
    ]);
  });

  test('in which this node has no group is told by others', () => {
    const play = watched();
    play.hear(grant('ew', 12_000));
    play.pass(2_000);
    expect(tells(play.hear(shown({ E: 'green' })))).toEqual([]);
  });

  test('that nobody has lit is not told', () => {
    const play = watched();
    play.hear(grant('ns', 12_000));
    play.pass(2_000);
    expect(tells(play.hear({ type: 'lamps.lost', reason: 'it died' }))).toEqual([]);
    expect(tells(play.pass(10_000))).toEqual([]);
  });
});

describe('who finds green already', () => {
  const lit = () => {
    const play = watched();
    play.hear(grant('ns', 12_000, { call: 'c' }));
    play.pass(2_000);
    play.hear(shown({ N: 'green' }));
    return play;
  };
  const call = { intersection: 'x1', group: 'N', forS: 9 };

  test('is told so: a transit vehicle, and one that calls again', () => {
    const transit = committed({ kind: 'priority.call', id: 't', ...call });
    expect(tells(lit().hear(transit))).toMatchObject([{ moment: 'taken' }, { moment: 'lit' }]);
    const again = committed({ kind: 'preempt.call', id: 'c', ...call });
    expect(tells(lit().hear(again))).toMatchObject([{ moment: 'taken' }, { moment: 'lit' }]);
  });

  test('but not one that preempts, for whom it is not held', () => {
    const other = committed({ kind: 'preempt.call', id: 'd', ...call });
    expect(tells(lit().hear(other))).toMatchObject([{ moment: 'taken' }]);
  });
});

test('its context is plain JSON', () => {
  const play = watched();
  play.hear(grant('ns', 12_000));
  expect(isPlain(play.snapshot.context)).toBe(true);
});
