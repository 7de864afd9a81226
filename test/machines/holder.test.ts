/** Who holds rights of way, sentence by sentence: settling, entering, and what its lamps are told. */
import { describe, expect, test } from 'vitest';
import { holderMachine } from '../../machines/holder.ts';
import { settlingMs } from '../../machines/rights.ts';
import type { Emitted, Show } from '../../protocol/event.ts';
import { town } from '../../simulation/town.ts';
import { only, Play } from './play.ts';
import {
  agreed,
  committed,
  crossing,
  interval,
  NODES,
  restored,
  TAIL_MS,
  timescale,
  timing,
} from './right-words.ts';
import { isPlain } from './table.ts';

const life = { id: 'n1n', incarnation: 1, timing, filed: timing };
const input = { ...life, intersection: crossing, settled: null };
const formed = { type: 'genesis.formed', group: 'g' } as const;
const ready = { type: 'lamps.ready' } as const;
const synced = (term = 1, { offsetMs = 0, boundMs = 1 } = {}) =>
  ({ type: 'timekeeper.synced', term, offsetMs, boundMs, isOwn: false }) as const;
const voided = { type: 'timekeeper.voided', reason: 'it jumped' } as const;
const refused = { type: 'lamps.refused', reason: 'no' } as const;
const written = (owner = 'holder') => ({ type: 'storage.written', owner, ticket: 1 }) as const;
const accepted = (ticket: number) => ({ type: 'lamps.accepted', ticket }) as const;
const enter = (incarnation = 1) => committed({ kind: 'right.enter', node: 'n1n', incarnation });

type Playing = Play<typeof holderMachine>;
const played = (more: Partial<typeof input> | { settled: string } = {}): Playing =>
  new Play(holderMachine, { ...input, ...more }, { nowMs: 1_000 });

/** One that follows its rights, which are these, and whose lamps are there. */
const following = (...intervals: Parameters<typeof interval>[]): Playing => {
  const play = played({ settled: 'g' });
  play.hear(synced());
  play.hear(ready);
  play.hear(formed);
  play.hear(restored(agreed({ intervals: intervals.map((one) => interval(...one)) })));
  return play;
};

const standingOf = ({ value }: Playing) =>
  (value as { active: { standing: string; lamps: string } }).active;
const shows = (said: readonly Emitted[]): Show[] => only(said, 'lamps.show');
/** What N was told last, as lamps and whole milliseconds. */
const toldN = (play: Playing) =>
  shows(play.told.map(({ event }) => event))
    .at(-1)
    ?.timelines['N']?.map(({ lamp, untilMs }) => `${lamp} ${Math.round(untilMs)}`);

describe('settling', () => {
  test('who serves a whole intersection, or none, holds nothing', () => {
    const whole = town(1).intersections[0];
    for (const intersection of [whole, null]) {
      const play = new Play(holderMachine, { ...input, intersection: intersection ?? null });
      expect(play.hear(formed)).toEqual([]);
      expect(play.value).toBe('inactive');
    }
  });

  test('who comes to a group is counted nowhere until every former right has run out', () => {
    const play = played();
    play.hear(formed);
    expect(only(play.pass(settlingMs(timing) - 1), 'storage.write')).toEqual([]);
    expect(standingOf(play).standing).toBe('settling');
    expect(only(play.pass(1), 'storage.write')).toMatchObject([
      { owner: 'holder', puts: [{ key: 'settled', value: { group: 'g' } }] },
    ]);
    expect(standingOf(play).standing).toBe('writing');
  });

  test('it takes longer than any right can last, by clocks that drift apart', () => {
    const slowest = 1 - timing.clockDriftPpmMax / 1e6;
    const fastest = 1 + timing.clockDriftPpmMax / 1e6;
    const lastsMs = ((timing.rightHorizonMs + timing.clockBoundMsMax) / slowest) * fastest;
    expect(settlingMs(timing)).toBeGreaterThanOrEqual(lastsMs);
  });

  test('it has settled when that is written down, and then asks to enter', () => {
    const play = played();
    play.hear(formed);
    play.pass(settlingMs(timing));
    expect(play.hear(written('replica'))).toEqual([]);
    expect(play.hear(written())).toMatchObject([
      { type: 'holder.settled' },
      { type: 'replica.request', command: { kind: 'right.enter', node: 'n1n', incarnation: 1 } },
      { type: 'holder.changed', mode: 'entering' },
    ]);
  });

  test('who had settled in this group enters at once after a restart', () => {
    const play = played({ settled: 'g' });
    expect(only(play.hear(formed), 'holder.settled')).toHaveLength(1);
    expect(standingOf(play).standing).toBe('entering');
  });

  test('who comes waits by its own file, if that has the longer horizon than what is in force', () => {
    const play = played({ timing: { ...timing, rightHorizonMs: timing.rightHorizonMs - 10_000 } });
    play.hear(formed);
    expect(only(play.pass(settlingMs(timing) - 1), 'storage.write')).toEqual([]);
    expect(only(play.pass(1), 'storage.write')).toHaveLength(1);
  });

  test('who had settled in another group settles anew', () => {
    const play = played({ settled: 'another' });
    expect(only(play.hear(formed), 'holder.settled')).toEqual([]);
    expect(standingOf(play).standing).toBe('settling');
  });
});

describe('entering', () => {
  const entering = () => {
    const play = played({ settled: 'g' });
    play.hear(synced());
    play.hear(ready);
    play.hear(formed);
    return play;
  };

  test('it asks until its entry is agreed', () => {
    const play = entering();
    for (let k = 0; k < 3; k += 1) {
      expect(only(play.pass(timing.retryMs), 'replica.request')).toHaveLength(1);
    }
    play.hear(restored(agreed({ entered: [] })));
    play.hear(enter());
    expect(standingOf(play).standing).toBe('following');
    expect(only(play.pass(timing.retryMs), 'replica.request')).toEqual([]);
  });

  test('until this life has entered nothing is shown, though rights stand', () => {
    const play = entering();
    const state = agreed({ entered: [], intervals: [interval(2_000, 20_000)] });
    expect(shows(play.hear(restored(state)))).toEqual([]);
    expect(shows(play.hear(synced()))).toEqual([]);
    expect(shows(play.hear(enter()))).toHaveLength(1);
  });

  test('the entry of a former life is not that of this one', () => {
    const play = new Play(holderMachine, { ...input, incarnation: 2, settled: 'g' });
    play.hear(formed);
    play.hear(restored(agreed()));
    expect(standingOf(play).standing).toBe('entering');
    play.hear(enter(2));
    expect(standingOf(play).standing).toBe('following');
  });

  test('who finds a later life of itself in the log says so, once, and enters never', () => {
    const play = entering();
    const said = play.hear(restored(agreed({ entered: [] })));
    expect(only(said, 'holder.outlived')).toEqual([]);
    expect(only(play.hear(enter(4)), 'holder.outlived')).toEqual([
      { type: 'holder.outlived', by: 4 },
    ]);
    expect(only(play.hear(synced()), 'holder.outlived')).toEqual([]);
    play.pass(10 * timing.retryMs);
    expect(standingOf(play).standing).toBe('entering');
    // An earlier one is as it should be.
    const later = new Play(holderMachine, { ...input, incarnation: 5, settled: 'g' });
    later.hear(formed);
    expect(only(later.hear(enter(4)), 'holder.outlived')).toEqual([]);
  });

  test('who was dismissed enters again, and leaves its lamps as they are meanwhile', () => {
    const play = following([2_000, 20_000]);
    const before = toldN(play);
    const intervals = [interval(2_000, 20_000)];
    const others = NODES.slice(1);
    const said = play.hear(restored(agreed({ intervals, entered: others, members: others })));
    expect(standingOf(play)).toMatchObject({ standing: 'entering', lamps: 'silent' });
    expect(only(said, 'replica.request')).toHaveLength(1);
    expect(shows(said)).toEqual([]);
    expect(toldN(play)).toEqual(before);
    play.hear(restored(agreed({ intervals })));
    expect(standingOf(play)).toMatchObject({ standing: 'following', lamps: 'speaking' });
  });
});

describe('following', () => {
  test('it shows green inside its right, amber and clearance included', () => {
    const play = following([2_000, 20_000]);
    const green = 20_000 - TAIL_MS;
    expect(toldN(play)).toEqual([
      'red 2000',
      `green ${green}`,
      `amber ${green + 3_000}`,
      'red 23000',
    ]);
  });

  test('it says so again only when something has moved', () => {
    const play = following([2_000, 20_000]);
    expect(shows(play.hear(synced(1, { offsetMs: 10 })))).toEqual([]);
    expect(shows(play.hear(synced(1, { offsetMs: 30 })))).toHaveLength(1);
    expect(toldN(play)?.[0]).toBe('red 1970');
  });

  test('without its lamp driver it says nothing, and all of it when that is there', () => {
    const play = played({ settled: 'g' });
    play.hear(synced());
    play.hear(formed);
    play.hear(restored(agreed({ intervals: [interval(2_000, 20_000)] })));
    expect(toldN(play)).toBeUndefined();
    expect(shows(play.hear(ready))).toHaveLength(1);
    play.hear({ type: 'lamps.lost', reason: 'gone' });
    expect(shows(play.hear(synced(1, { offsetMs: 100 })))).toEqual([]);
    expect(shows(play.hear(ready))).toHaveLength(1);
  });

  test('what it cannot time well enough stays dark until the driver’s clock is known better', () => {
    const play = played({ settled: 'g' });
    play.hear(synced());
    play.hear({ ...ready, boundMs: 232 });
    play.hear(formed);
    play.hear(restored(agreed({ intervals: [interval(2_000, 20_000)] })));
    expect(toldN(play)).toBeUndefined();
    play.hear({ ...ready, boundMs: 12 });
    expect(toldN(play)?.[0]).toBe('red 2000');
    play.hear(synced());
    expect(shows(play.told.map(({ event }) => event))).toHaveLength(1);
  });

  test('it needs neither leader nor majority to use what it has', () => {
    const play = following([2_000, 20_000], [30_000, 40_000]);
    const before = toldN(play);
    play.hear({ type: 'election.elected', leader: 'n1e', term: 9 });
    play.pass(15_000);
    expect(toldN(play)).toEqual(before);
    expect(before).toContain('red 30000');
  });

  test('a sequence that is refused is sent again', () => {
    const play = following([2_000, 20_000]);
    expect(play.hear(refused)).toMatchObject([{ type: 'clock.wake', id: 'holder:again' }]);
    expect(shows(play.pass(timing.retryMs))).toHaveLength(1);
    expect(shows(play.pass(timing.retryMs))).toEqual([]);
  });

  test('it goes on after a restart by what a later leader says of the timescale', () => {
    const play = played({ settled: 'g' });
    play.hear(synced(2, { offsetMs: 0 }));
    play.hear(ready);
    play.hear(formed);
    const timescales = [timescale(1), timescale(2, 900, [{ term: 1, boundMs: 5 }])];
    play.hear(restored(agreed({ timescales, intervals: [interval(2_000, 20_000)] })));
    expect(toldN(play)?.[0]).toBe('red 2000');
  });

  test('a green is not cut short by many leaders that follow each other', () => {
    const play = following([500, 40_000]);
    play.hear(accepted(1));
    play.pass(2_000);
    for (let term = 2; term <= 12; term += 1) play.hear(synced(term));
    play.pass(5_000);
    expect(toldN(play)).toContain(`green ${40_000 - TAIL_MS}`);
  });

  test('a node that stops leaves the lamps what they have, and says no more', () => {
    const play = following([2_000, 20_000]);
    expect(play.hear({ type: 'node.stopping' })).toMatchObject([{ type: 'lamps.leave' }]);
    expect(shows(play.hear(synced(1, { offsetMs: 500 })))).toEqual([]);
    expect(standingOf(play).lamps).toBe('left');
  });

  test('its context is plain JSON', () => {
    const play = following([2_000, 20_000]);
    play.hear(accepted(1));
    expect(isPlain((play.snapshot as { context: object }).context)).toBe(true);
  });
});

describe('when the time is lost', () => {
  test('what has not begun stays red', () => {
    const play = following([5_000, 20_000]);
    play.hear(accepted(1));
    play.hear(voided);
    expect(toldN(play)).toHaveLength(1);
    expect(toldN(play)?.[0]).toMatch(/^red/);
  });

  test('what is green ends at once, with its amber', () => {
    const play = following([2_000, 30_000]);
    play.hear(accepted(1));
    play.pass(9_000);
    play.hear(voided);
    expect(toldN(play)?.slice(0, 2)).toEqual(['green 10000', 'amber 13000']);
  });

  test('what has just become green has its minimum first', () => {
    const play = following([2_000, 30_000]);
    play.hear(accepted(1));
    play.pass(2_000);
    play.hear(voided);
    expect(toldN(play)?.slice(0, 2)).toEqual(['green 6000', 'amber 9000']);
  });

  test('it is said again until the lamp driver takes it', () => {
    const play = following([2_000, 30_000]);
    play.hear(accepted(1));
    play.pass(9_000);
    play.hear(voided);
    play.hear(refused);
    expect(shows(play.pass(timing.retryMs))).toHaveLength(1);
    expect(toldN(play)?.[1]).toBe(`amber ${13_000 + timing.retryMs}`);
  });

  test('when it is known again, green waits for the end of the amber', () => {
    const play = following([2_000, 40_000]);
    play.hear(accepted(1));
    play.pass(9_000);
    play.hear(voided);
    play.hear(accepted(2));
    play.pass(100);
    play.hear(synced());
    expect(toldN(play)).toEqual([
      'amber 13000',
      'red 14000',
      `green ${40_000 - TAIL_MS}`,
      `amber ${43_000 - TAIL_MS}`,
      'red 43000',
    ]);
  });
});

describe('giving up', () => {
  const call = committed({
    kind: 'preempt.call',
    ...{ id: 'fire', intersection: 'x1', group: 'E', forS: 30 },
  });

  test('it is released when the lamp driver has let go, not before', () => {
    const play = following([500, 40_000]);
    play.hear(accepted(1));
    play.pass(9_000);
    const said = play.hear(call);
    expect(only(said, 'replica.request')).toEqual([]);
    const untilMs = 10_000 + 300 + TAIL_MS;
    expect(toldN(play)?.slice(0, 3)).toEqual(['red 500', 'green 10300', 'amber 13300']);
    expect(play.hear(accepted(1))).toEqual([]);
    expect(only(play.hear(accepted(2)), 'replica.request')).toMatchObject([
      {
        command: { kind: 'right.release', node: 'n1n', group: 'N', term: 1, fromMs: 500, untilMs },
      },
    ]);
  });

  test('it is said again until the log has it', () => {
    const play = following([500, 40_000]);
    play.hear(accepted(1));
    play.pass(9_000);
    play.hear(call);
    play.hear(accepted(2));
    expect(shows(play.pass(timing.retryMs))).toHaveLength(1);
    const [request] = only(play.hear(accepted(3)), 'replica.request');
    if (!request) throw new Error('nothing is released');
    play.hear(committed(request.command));
    play.pass(5 * timing.retryMs);
    expect(only(play.hear(accepted(4)), 'replica.request')).toEqual([]);
  });

  test('it is released as late as the lamps let go, which keep the minimum of a green lit late', () => {
    const play = following([500, 40_000]);
    play.hear(accepted(1));
    play.pass(2_000);
    play.hear(call);
    expect(toldN(play)).toContain('green 4750');
    // The driver showed red of start-up at first, and so refuses to end the green so soon.
    while (play.nowMs < 7_000) {
      play.hear(refused);
      play.pass(timing.retryMs);
    }
    const [last] = shows(play.told.map(({ event }) => event)).slice(-1);
    const darkMs = last?.timelines['N']?.findLast(({ lamp }) => lamp === 'amber')?.untilMs ?? 0;
    expect(darkMs).toBeGreaterThan(play.nowMs);
    const [released] = only(play.hear(accepted(last?.ticket ?? 0)), 'replica.request');
    // A second of red clearance, and a lamp that may be late.
    expect(released).toMatchObject({ command: { group: 'N', untilMs: darkMs + 1_250 } });
  });

  test('it is not released while its time is not known', () => {
    const play = following([500, 40_000]);
    play.hear(accepted(1));
    play.pass(9_000);
    play.hear(call);
    play.hear(voided);
    const { ticket = 0 } = shows(play.told.map(({ event }) => event)).at(-1) ?? {};
    expect(only(play.hear(accepted(ticket)), 'replica.request')).toEqual([]);
    play.hear(synced());
    play.pass(timing.retryMs);
    const { ticket: next = 0 } = shows(play.told.map(({ event }) => event)).at(-1) ?? {};
    expect(next).toBeGreaterThan(ticket);
    expect(only(play.hear(accepted(next)), 'replica.request')).toHaveLength(1);
  });
});
