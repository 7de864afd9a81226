/** Sensors that die, stick or say what cannot be: they are told, left out, and replaced by recall. */
import { describe, expect, test } from 'vitest';
import { actuate } from '../../machines/actuation.ts';
import { arrivalsMachine } from '../../machines/arrivals.ts';
import { advise } from '../../machines/planner.ts';
import type { FactAs } from '../../protocol/event.ts';
import type { LaneReading, LoopReading, Reading, Sensing } from '../../protocol/readings.ts';
import { Play } from './play.ts';
import { junction } from './sensing-words.ts';

const MINUTE = 60;

type Expected = FactAs<'arrivals.expected'>;

/** Sensors of one kind before an intersection whose lamps are red, unless it is said. */
class Street {
  readonly #play = new Play(arrivalsMachine, { id: 'n1', intersection: junction, links: [] });
  readonly #sensing: Sensing;

  constructor(sensing: Sensing, lamps: { a: 'red' | 'green'; b: 'red' | 'green' } = allRed) {
    this.#sensing = sensing;
    this.#play.hear({ type: 'lamps.shown', lamps });
  }

  /** Each step for so many seconds these readings. */
  say(seconds: number, readings: (second: number) => Reading[], stepS = 1): void {
    for (let second = 0; second < seconds; second += stepS) {
      this.#play.pass(stepS * 1000);
      const words = { sensing: this.#sensing, stepS, readings: readings(second) };
      this.#play.hear({ type: 'sensors.read', ...words });
    }
  }

  silence(seconds: number): void {
    this.#play.pass(seconds * 1000);
  }

  get told() {
    return this.#play.told.flatMap(({ event }) => {
      if (event.type === 'sensors.failed') return [[event.fault, event.sensor, event.groups]];
      return event.type === 'sensors.restored' ? [['restored', event.sensor]] : [];
    });
  }

  get lanes(): Expected['lanes'] {
    const facts = this.#play.told.map(({ event }) => event);
    const last = facts.findLast((event) => event.type === 'arrivals.expected') as Expected;
    return last.lanes;
  }
}
const allRed = { a: 'red', b: 'red' } as const;

const loop = (rest: Partial<LoopReading> = {}): LoopReading => ({
  ...{ kind: 'loop', loop: 'w', place: 'stopLine', distanceM: 2, lanes: ['W_0'], groups: ['a'] },
  ...{ passed: 0, occupancy: 0, gapS: 100 },
  ...rest,
});
const stretch = (rest: Partial<LaneReading> = {}): LaneReading => ({
  ...{ kind: 'lane', nearM: 0, farM: 139, lanes: ['W_0'], groups: ['a'] },
  ...{ vehicles: 0, queue: 0 },
  ...rest,
});
const car = (lane: string, group: string, speedMps = 10): Reading => ({
  ...{ kind: 'vehicle', vehicle: lane, place: 'approach', lane, group, distanceM: 60, speedMps },
});
/** One vehicle in so many seconds. */
const every =
  (seconds: number, reading: Reading, none: Reading[] = []) =>
  (second: number) =>
    second % seconds === 0 ? [reading] : none;
const silentLoop = [loop()];
const recall = (waitedS: unknown) => [
  { lane: 'recall a', vehicles: [{ groups: ['a'], etaS: 0, waitedS }] },
];

describe('a sensor that says nothing any more', () => {
  test('has failed after five times its longest pause, and its groups are called at every red', () => {
    const street = new Street('loops');
    // Pauses of 79 s: 395 s are too long.
    street.say(30 * MINUTE, every(80, loop({ passed: 1, occupancy: 0.2 }), silentLoop));
    street.say(350, () => silentLoop);
    expect(street.told).toEqual([]);
    expect(street.lanes).toEqual([]);
    street.say(10, () => silentLoop);
    expect(street.told).toEqual([['noActivity', 'w', ['a']]]);
    expect(street.lanes).toEqual(recall(expect.any(Number)));
  });

  test('is not held to less than five minutes', () => {
    const street = new Street('loops');
    street.say(10 * MINUTE, every(2, loop({ passed: 1, occupancy: 0.2 }), silentLoop));
    street.say(295, () => silentLoop);
    expect(street.told).toEqual([]);
    street.say(10, () => silentLoop);
    expect(street.told).toEqual([['noActivity', 'w', ['a']]]);
  });

  test('is believed again as soon as it speaks', () => {
    const street = new Street('loops');
    street.say(10 * MINUTE, every(10, loop({ passed: 1, occupancy: 0.2 }), silentLoop));
    street.say(10 * MINUTE, () => silentLoop);
    street.say(1, () => [loop({ occupancy: 1, gapS: 0 })]);
    expect(street.told.at(-1)).toEqual(['restored', 'w']);
    expect(street.lanes.map(({ lane }) => lane)).toEqual(['W_0']);
  });

  test('has not failed when nobody ever came there, or hardly anybody', () => {
    const street = new Street('loops');
    street.say(60 * MINUTE, () => silentLoop, 10);
    street.say(1, () => [loop({ passed: 1, occupancy: 0.2 })]);
    street.say(60 * MINUTE, () => silentLoop, 10);
    expect(street.told).toEqual([]);
  });

  test('is known by its lane, where vehicles are seen one by one, and the other lanes are believed', () => {
    const street = new Street('vehicles');
    const other = car('S_0', 'b');
    street.say(10 * MINUTE, every(5, car('W_0', 'a'), [other]));
    street.say(10 * MINUTE, every(5, other));
    expect(street.told).toEqual([['noActivity', 'W_0', ['a']]]);
    street.say(1, () => [other]);
    expect(street.lanes.map(({ lane }) => lane)).toEqual(['S_0', 'recall a']);
  });

  test('calls for nobody while its group is green', () => {
    const street = new Street('loops', { a: 'green', b: 'red' });
    street.say(10 * MINUTE, every(10, loop({ passed: 1, occupancy: 0.2 }), silentLoop));
    street.say(10 * MINUTE, () => silentLoop);
    expect(street.told).toHaveLength(1);
    expect(street.lanes).toEqual([]);
  });
});

describe('a sensor that says always the same', () => {
  const covered = () => [loop({ occupancy: 1, gapS: 0 })];

  test('has failed when it is covered for five minutes, of them one at green', () => {
    const street = new Street('loops', { a: 'green', b: 'red' });
    street.say(299, covered);
    expect(street.told).toEqual([]);
    street.say(1, covered);
    expect(street.told).toEqual([['maxPresence', 'w', ['a']]]);
  });

  test('has not failed while its red is so long', () => {
    const street = new Street('loops');
    street.say(30 * MINUTE, covered, 5);
    expect(street.told).toEqual([]);
  });

  test('is believed again when it was free for ten seconds', () => {
    const street = new Street('loops', { a: 'green', b: 'red' });
    street.say(301, covered);
    street.say(9, () => silentLoop);
    street.say(5, covered);
    street.say(9, () => silentLoop);
    expect(street.told).toHaveLength(1);
    street.say(1, () => silentLoop);
    expect(street.told.at(-1)).toEqual(['restored', 'w']);
  });
});

describe('a sensor that says what cannot be', () => {
  test.each<[string, Sensing, Reading]>([
    ['more vehicles than can pass in a second', 'loops', loop({ passed: 9 })],
    ['more who stand than are there', 'lanes', stretch({ vehicles: 2, queue: 5 })],
    ['more vehicles than there is room for', 'lanes', stretch({ vehicles: 99 })],
    ['a vehicle that flies', 'vehicles', car('W_0', 'a', 200)],
  ])('has failed when it does so three times in a while: %s', (_, sensing, reading) => {
    const street = new Street(sensing);
    street.say(2, () => [reading]);
    expect(street.told).toEqual([]);
    street.say(2, () => [reading]);
    expect(street.told).toMatchObject([['erraticCounts', expect.any(String), ['a']]]);
    expect(street.lanes).toEqual(recall(4));
  });

  test('is believed again when it has made sense for some minutes', () => {
    const street = new Street('loops');
    street.say(5, () => [loop({ passed: 9 })]);
    street.say(3 * MINUTE, () => silentLoop);
    expect(street.told).toHaveLength(1);
    street.say(2 * MINUTE, () => silentLoop);
    expect(street.told.at(-1)).toEqual(['restored', 'w']);
  });

  test('now and then is believed all the same', () => {
    const street = new Street('loops');
    street.say(30 * MINUTE, every(2 * MINUTE, loop({ passed: 9 }), silentLoop));
    expect(street.told).toEqual([]);
  });
});

test('an advance loop that fails is left out, and the stop line goes on by itself', () => {
  const street = new Street('loops');
  const advance = loop({ loop: 'far', place: 'advance', distanceM: 70, passed: 9 });
  street.say(5, () => [loop({ occupancy: 1, gapS: 0 }), advance]);
  expect(street.told).toEqual([['erraticCounts', 'far', ['a']]]);
  expect(street.lanes.map(({ lane, vehicles }) => [lane, vehicles.length])).toEqual([['W_0', 1]]);
});

test('a stretch that leads to two lanes is still believed for the one whose own sensor is sound', () => {
  const street = new Street('lanes');
  const both = stretch({ nearM: 139, farM: 200, lanes: ['W_0', 'W_1'], vehicles: 4 });
  const sound = stretch({ lanes: ['W_1'], groups: ['b'] });
  street.say(5, () => [stretch({ vehicles: 2, queue: 5 }), sound, both]);
  expect(street.told).toEqual([['erraticCounts', 'W_0 0', ['a']]]);
  expect(street.lanes.map(({ lane }) => lane)).toEqual(['W_1', 'recall a']);
});

test('what failed before all sensors fell silent has still failed when they speak again', () => {
  const street = new Street('loops');
  street.say(5, () => [loop({ passed: 9 })]);
  street.silence(MINUTE);
  street.say(1, () => silentLoop);
  expect(street.told).toHaveLength(1);
  expect(street.lanes).toEqual(recall(expect.any(Number)));
});

test('a group on recall gets its green, by the planner and by gaps', () => {
  const [stage] = junction.stages;
  const [, other] = junction.stages;
  if (!stage || !other) throw new Error('the junction has two stages');
  const expected = {
    ...{ sensing: 'loops' as const, stepS: 1, flows: [], inside: 0 },
    ...{ stuck: [], barred: [], overdue: [] },
    lanes: [{ lane: 'recall b', vehicles: [{ groups: ['b'], etaS: 0, waitedS: 20 }] }],
  };
  const view = { intersection: junction, stage, expected, walks: [] };
  expect(advise(view)?.id).toBe(other.id);
  expect(actuate(view, 5_000)?.id).toBe(other.id);
});
