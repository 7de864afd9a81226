/** Tables of the lamp driver: what it is told, and what the lamps then show and when. */
import { describe, expect, test } from 'vitest';
import { memoryLatch } from '../../cabinet/latch.ts';
import { bench, crossing, type Short, sharedCrossing, timelines } from './crossing.ts';

/** A green from second 6 to 16 and what follows it. */
const green: Short = ['red', 6, 'green', 16, 'amber', 19, 'red', 21];

/** The groups of n1, where the crossing is shared. */
const n1 = ['north', 'south', 'left'];

describe('without a word', () => {
  test('no sequence: red, then flashing, all groups together', () => {
    const { clock, story } = bench();
    clock.run(60_000);
    expect(story('north')).toBe('red 0, flashingAmber 5');
    expect(story('east')).toBe('red 0, flashingRed 5');
  });

  test('a shared intersection flashes red whatever is described', () => {
    const { clock, story } = bench({ intersection: sharedCrossing() });
    clock.run(60_000);
    expect(story('north')).toBe('red 0, flashingRed 5');
  });

  test('amber is not flashed against amber, even when the description says so', () => {
    const intersection = crossing();
    const groups = intersection.groups.map((group) => ({ ...group, flash: 'amber' as const }));
    const { clock, story } = bench({ intersection: { ...intersection, groups } });
    clock.run(60_000);
    expect(story('north')).toBe('red 0, flashingRed 5');
  });
});

describe('a sequence', () => {
  test('a node that dies leaves lamps that end in red, then flash', () => {
    const { clock, send, story, judge } = bench();
    expect(send({ north: green })).toBeUndefined();
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 6, amber 16, red 19, flashingAmber 21');
    expect(story('east')).toBe('red 0, flashingRed 21');
    expect(judge.verdict().unsafe).toEqual([]);
  });

  test('flashing waits until the last clearance is over', () => {
    const { clock, send, story } = bench();
    send({ north: ['red', 6, 'green', 16, 'amber', 19, 'red', 19] });
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 6, amber 16, red 19, flashingAmber 21');
  });

  test('a late sequence joins where the clock stands', () => {
    const { clock, send, story } = bench();
    send({ east: ['red', 30] });
    clock.run(10_000);
    expect(send({ north: green })).toBeUndefined();
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 10, amber 16, red 19, flashingAmber 21');
  });

  test('a green that comes too late for its minimum is left out, and the next is shown', () => {
    const { clock, send, story, reports } = bench();
    send({ east: ['red', 30] });
    clock.run(12_000);
    const twice: Short = [...green.slice(0, -1), 30, 'green', 40, 'amber', 43, 'red', 50];
    expect(send({ north: twice })).toBeUndefined();
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 30, amber 40, red 43, flashingAmber 50');
    expect(reports).toEqual(['north stays red: too late for its minimum green']);
  });

  test('a green within start-up red waits until that is over', () => {
    const { clock, send, story } = bench();
    expect(send({ north: ['green', 16, 'amber', 19, 'red', 21] })).toBeUndefined();
    clock.run(20_000);
    expect(story('north')).toBe('red 0, green 5, amber 16, red 19');
  });

  test('flashing is left through steady red of start-up', () => {
    const { clock, send, story } = bench();
    clock.run(100_000);
    send({ north: ['green', 116, 'amber', 119, 'red', 121] });
    clock.run(117_000);
    expect(story('north')).toBe('red 0, flashingAmber 5, red 100, green 105, amber 116');
    expect(story('east')).toBe('red 0, flashingRed 5, red 100');
  });

  test('minimum green carries across sequences', () => {
    const { clock, send, story } = bench();
    send({ north: green });
    clock.run(8_000);
    expect(send({ north: ['green', 10, 'amber', 13, 'red', 15] })).toBe(
      'north: green from 6000 ms to 10000 ms is less than its minimum of 5000 ms',
    );
    expect(send({ north: ['green', 11, 'amber', 14, 'red', 16] })).toBeUndefined();
    clock.run(15_000);
    expect(story('north')).toBe('red 0, green 6, amber 11, red 14');
  });

  test('green goes on without a gap from one sequence to the next', () => {
    const { clock, send, story } = bench();
    send({ north: green });
    clock.run(15_000);
    expect(send({ north: ['green', 26, 'amber', 29, 'red', 31] })).toBeUndefined();
    clock.run(30_000);
    expect(story('north')).toBe('red 0, green 6, amber 26, red 29');
  });

  test('a permissive turn becomes protected once those it yields to are gone', () => {
    const { clock, send, story, judge } = bench();
    const left: Short = ['red', 6, 'greenPermissive', 21, 'green', 27, 'amber', 30, 'red', 32];
    expect(send({ south: green, left })).toBeUndefined();
    clock.run(31_000);
    expect(story('left')).toBe('red 0, greenPermissive 6, green 21, amber 27, red 30');
    expect(judge.verdict().unsafe).toEqual([]);
  });
});

describe('two nodes at one intersection', () => {
  const n2 = ['east'];

  test('two sequences of two nodes that conflict: the second is refused', () => {
    const { clock, send, story } = bench({ intersection: sharedCrossing() });
    expect(send({ north: green }, n1)).toBeUndefined();
    expect(send({ east: ['red', 18, 'green', 28, 'amber', 31, 'red', 33] }, n2)).toBe(
      'east: green from 18000 ms to 28000 ms conflicts with north: amber from 16000 ms to 19000 ms',
    );
    expect(send({ east: ['red', 21, 'green', 28, 'amber', 31, 'red', 33] }, n2)).toBeUndefined();
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 6, amber 16, red 19, flashingRed 33');
    expect(story('east')).toBe('red 0, green 21, amber 28, red 31, flashingRed 33');
  });

  test('a sequence over groups of both is refused', () => {
    const { send } = bench({ intersection: sharedCrossing() });
    expect(send({ north: green })).toBe('groups of more than one node: north and east');
  });

  test('each node has numbers of its own', () => {
    const { driver } = bench({ intersection: sharedCrossing() });
    const say = (counter: number, group: string, groups: string[]) =>
      driver.accept({
        incarnation: 1,
        counter,
        notAfterMs: 100_000,
        timelines: timelines({ [group]: ['red', 20] }, groups),
      }).refused;
    expect(say(7, 'north', n1)).toBeUndefined();
    expect(say(1, 'east', n2)).toBeUndefined();
    expect(say(6, 'north', n1)).toBe('n1 said 1.6, not later than 1.7');
  });
});

describe('timers that come late', () => {
  test('amber entered late still lasts, and who waits for it begins later', () => {
    const { clock, send, story, judge } = bench();
    send({ north: green, east: ['red', 21, 'green', 31, 'amber', 34, 'red', 36] });
    clock.run(15_900);
    clock.stall(300);
    clock.run(35_000);
    expect(story('north')).toBe('red 0, green 6, amber 16.2, red 19.2');
    expect(story('east')).toBe('red 0, green 21.2, amber 31, red 34');
    expect(judge.verdict().unsafe).toEqual([]);
  });

  test('after a sleep no former sequence is believed: amber, red, then flashing', () => {
    const { clock, send, story, reports } = bench();
    send({ north: green, east: ['red', 21, 'green', 51, 'amber', 54, 'red', 56] });
    clock.run(10_000);
    clock.stall(15_000);
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 6, amber 25, red 28, flashingAmber 30');
    expect(story('east')).toBe('red 0, flashingRed 30');
    expect(reports).toEqual(['slept 9000 ms; dropped every sequence']);
  });
});

describe('a host that slept, and its clock with it', () => {
  test('is believed nothing that was said before: amber, red, then flashing', () => {
    const { clock, driver, send, story, reports, judge } = bench();
    send({ north: green, east: ['red', 21, 'green', 51, 'amber', 54, 'red', 56] });
    clock.run(12_000);
    driver.suspended(3_600_000);
    expect(story('north')).toBe('red 0, green 6, amber 12');
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 6, amber 12, red 15, flashingAmber 17');
    expect(story('east')).toBe('red 0, flashingRed 17');
    expect(reports).toEqual(['slept with its host for 3600000 ms; dropped every sequence']);
    expect(judge.verdict().unsafe).toEqual([]);
  });

  test('flashes red at once where others share the intersection: they may have had their turn', () => {
    const { clock, driver, send, story, reports } = bench({ intersection: sharedCrossing() });
    send({ north: green }, n1);
    clock.run(7_000);
    driver.suspended(500);
    expect(story('north')).toBe('red 0, green 6, flashingRed 7');
    expect(reports).toEqual(['slept with its host for 500 ms; dropped every sequence']);
    send({ north: ['red', 11, 'green', 30, 'amber', 33, 'red', 40] }, n1);
    clock.run(20_000);
    expect(story('north')).toBe('red 0, green 6, flashingRed 7, red 7, green 12');
  });

  test('still gives a green that has just begun its minimum', () => {
    const { clock, driver, send, story } = bench();
    send({ north: green });
    clock.run(7_000);
    driver.suspended(500);
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 6, amber 11, red 14, flashingAmber 16');
  });

  test('lights no green before start-up red has passed, whatever is said at once', () => {
    const { clock, driver, send, story } = bench();
    send({ east: ['red', 60] });
    clock.run(20_000);
    driver.suspended(500);
    expect(send({ north: ['green', 40, 'amber', 43, 'red', 45] })).toBeUndefined();
    clock.run(50_000);
    expect(story('north')).toBe('red 0, green 25, amber 40, red 43, flashingAmber 45');
  });
});

describe('pedestrians', () => {
  /** East is a crossing on foot: 5 s of walk, 3 s of clearance, 2 s of red. */
  const walking = () => {
    const { groups, ...rest } = crossing();
    const east = { ...groups[3]!, kind: 'pedestrian' as const };
    return bench({ intersection: { ...rest, groups: [...groups.slice(0, 3), east] } });
  };
  const walk: Short = ['red', 6, 'green', 11, 'amber', 14, 'red', 30];

  test.each([
    [
      'during their walk',
      ['red', 10, 'green', 20, 'amber', 23, 'red', 30],
      'east: green from 6000 ms to 11000 ms conflicts with north: green from 10000 ms to 20000 ms',
    ],
    [
      'during their clearance',
      ['red', 13, 'green', 20, 'amber', 23, 'red', 30],
      'east: amber from 11000 ms to 14000 ms conflicts with north: green from 13000 ms to 20000 ms',
    ],
    [
      'within their red clearance',
      ['red', 15, 'green', 20, 'amber', 23, 'red', 30],
      'north: green from 15000 ms to 20000 ms comes within the red clearance of east, which ends 16000 ms',
    ],
    ['after it', ['red', 16, 'green', 21, 'amber', 24, 'red', 30], undefined],
  ] as const)('are not driven at %s', (_, north, refused) => {
    expect(walking().send({ east: walk, north })).toBe(refused);
  });

  test.each([
    [
      'walk',
      ['red', 6, 'green', 10, 'amber', 13, 'red', 30],
      'east: green from 6000 ms to 10000 ms is less than its minimum of 5000 ms',
    ],
    [
      'clearance',
      ['red', 6, 'green', 11, 'amber', 13, 'red', 30],
      'east: amber from 11000 ms to 13000 ms is less than its 3000 ms',
    ],
  ] as const)('are given their whole %s', (_, east, refused) => {
    expect(walking().send({ east })).toBe(refused);
  });
});

describe('the judge in the driver', () => {
  test('shows nothing that he finds unsafe, though the gate has lost a conflict: it latches', () => {
    const { conflicts: all, ...rest } = crossing();
    let reads = 0;
    const forgetful = {
      ...rest,
      /** Whole to whoever reads it first, the bench's judge and the driver's; then empty. */
      get conflicts() {
        reads += 1;
        return reads <= 2 ? all : [];
      },
    };
    const { clock, send, story, judge, latch } = bench({ intersection: forgetful });
    expect(send({ north: green, east: green })).toBeUndefined();
    clock.run(60_000);
    expect(reads).toBe(3);
    expect(latch.read()).toBe('about to show north green while east green');
    expect(story('north')).toBe('red 0, flashingRed 6');
    expect(story('east')).toBe('red 0, flashingRed 6');
    expect(judge.verdict().unsafe).toEqual([]);
  });
});

describe('latched', () => {
  const clash = { north: 'green', east: 'amber', south: 'red', left: 'red' } as const;

  test('lamps that are sensed to conflict latch to flashing, past a restart, until cleared', () => {
    const latch = memoryLatch();
    const { clock, driver, send, story } = bench({ latch });
    send({ north: green });
    clock.run(10_000);
    driver.sensed(clash);
    expect(story('north')).toBe('red 0, green 6, flashingRed 10');
    expect(latch.read()).toBe('sensed north green with east amber');
    expect(send({ north: green })).toBe('latched to flashing: sensed north green with east amber');
    const next = bench({ latch, clock });
    clock.run(20_000);
    expect(next.story('north')).toBe('flashingRed 10');
    next.driver.clear();
    clock.run(40_000);
    expect(next.story('north')).toBe('flashingRed 10, red 20, flashingAmber 25');
    expect(latch.read()).toBeUndefined();
  });

  test('a latch that cannot be kept or cleared on disk is told, and stays', () => {
    let kept: string | undefined;
    const latch = {
      read: () => kept,
      write: (reason: string | undefined) => {
        kept = reason;
        return 'EROFS';
      },
    };
    const { driver, reports } = bench({ latch });
    driver.fail('a relay');
    expect(reports).toEqual([
      'latched to flashing: a relay; once it is mended: greenwave clear crossing',
      'the latch is not durable: EROFS',
    ]);
    expect(driver.clear()).toEqual({
      reason: 'a relay',
      refused: 'the latch cannot be cleared: EROFS',
    });
    expect(latch.read()).toBe('a relay');
    expect(driver.lamps()).toMatchObject({ north: 'flashingRed' });
  });

  test('what is cleared follows sequences again, by way of steady red', () => {
    const { clock, driver, send, story } = bench();
    driver.fail('a relay');
    clock.run(10_000);
    expect(driver.clear()).toEqual({ reason: 'a relay' });
    expect(send({ north: ['green', 30, 'amber', 33, 'red', 35] })).toBeUndefined();
    clock.run(36_000);
    expect(story('north')).toBe(
      'red 0, flashingRed 0, red 10, green 15, amber 30, red 33, flashingAmber 35',
    );
    expect(driver.clear()).toEqual({});
  });

  test('lamps that are sensed as they should be do not', () => {
    const { driver, latch } = bench();
    driver.sensed({ north: 'green', south: 'green', left: 'greenPermissive', east: 'red' });
    expect(latch.read()).toBeUndefined();
  });
});

describe('told to end', () => {
  test('a green ends through its minimum, amber and clearance', () => {
    const { clock, driver, send, story } = bench();
    send({ north: green });
    clock.run(8_000);
    let endedMs = 0;
    driver.end(() => {
      endedMs = clock.now();
    });
    clock.run(60_000);
    expect(story('north')).toBe('red 0, green 6, amber 11, red 14');
    expect(endedMs).toBe(16_000);
  });

  test('what flashes or is red ends at once', () => {
    const { clock, driver } = bench();
    let ended = 0;
    driver.end(() => {
      ended += 1;
    });
    expect(ended).toBe(1);
    clock.run(60_000);
    expect(clock.nextMs()).toBeUndefined();
  });
});
