/** Recall that the district file asks for: sensors, estimation and stage controller together. */
import { describe, expect, test } from 'vitest';
import { actuate } from '../../machines/actuation.ts';
import { arrivalsMachine } from '../../machines/arrivals.ts';
import type { Control } from '../../protocol/control.ts';
import type { Group, Intersection, Stage } from '../../protocol/district.ts';
import type { FactAs } from '../../protocol/event.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import type { VehicleReading } from '../../protocol/readings.ts';
import { Kerb, unsafeOf } from './kerb.ts';
import { greensOf } from './phases-words.ts';
import { Play } from './play.ts';
import { junction, traffic } from './sensing-words.ts';

/** The crossroads with these keys of its groups besides. */
const recalling = (of: Readonly<Record<string, Partial<Group>>>): Intersection => ({
  ...junction,
  groups: junction.groups.map((group) => ({ ...group, ...of[group.id] })),
});

/** Somebody who stands before the lamps of `group`; who drives up to them while they are green. */
const vehicleAt = (group: string, lamps: Lamps): VehicleReading => ({
  ...{ kind: 'vehicle', vehicle: `one at ${group}`, place: 'approach', lane: `${group}_0`, group },
  ...(lamps[group] === 'green' ? { distanceM: 20, speedMps: 10 } : { distanceM: 1, speedMps: 0 }),
});

/** Groups for which a vehicle is there, by the second and what is shown. */
type Coming = (second: number, lamps: Lamps) => readonly string[];

/** Lamps that are shown to the sensors, whose words run the lamps. */
const driven = (
  seconds: number,
  {
    control = 'actuated',
    recall = {},
    coming = () => [],
  }: { control?: Control; recall?: Parameters<typeof recalling>[0]; coming?: Coming },
): Kerb => {
  const intersection = recalling(recall);
  const kerb = new Kerb(control, intersection);
  const arrivals = new Play(arrivalsMachine, { id: 'n1', intersection, links: [] });
  return kerb.drive(seconds, (second) => {
    const lamps = kerb.shown.at(-1)?.lamps ?? {};
    const readings = coming(second, lamps).map((group) => vehicleAt(group, lamps));
    arrivals.pass(1000);
    arrivals.hear({ type: 'lamps.shown', lamps });
    arrivals.hear({ type: 'sensors.read', sensing: 'vehicles', stepS: 1, readings });
    const said = arrivals.told.map(({ event }) => event);
    const { at: _, ...expected } = said.findLast(
      (event) => event.type === 'arrivals.expected',
    ) as FactAs<'arrivals.expected'>;
    return expected;
  });
};

/** How long each green lasted until the next began, in seconds; the last one is not over. */
const lengthsOf = ({ play }: Kerb): number[] => {
  const starts = [...new Set(greensOf(play).map(({ fromMs }) => fromMs))];
  return starts.slice(1).map((fromMs, k) => (fromMs - (starts[k] ?? 0)) / 1000);
};

/** One at `group` until it has green. */
const once =
  (group: string, fromS = 0): Coming =>
  (second, lamps) =>
    second >= fromS && lamps[group] !== 'green' ? [group] : [];

const onRecall = (recall: Group['recall']): Partial<Group> => (recall ? { recall } : {});

describe('without a recall', () => {
  test('lamps rest where somebody was last', () => {
    const kerb = driven(60, { coming: (s, lamps) => (s < 20 ? once('b')(s, lamps) : []) });
    expect(kerb.stages).toEqual(['A', 'B']);
  });
});

describe('a group on minimum recall', () => {
  const minimum = onRecall('minimum');

  test('gets its green back although nobody is sensed, and lamps rest there', () => {
    const coming: Coming = (s, lamps) => (s < 20 ? once('b')(s, lamps) : []);
    const kerb = driven(60, { recall: { a: minimum }, coming });
    expect(kerb.stages).toEqual(['A', 'B', 'A']);
    expect(unsafeOf(kerb)).toEqual([]);
  });

  test('is served once in each cycle, with its minimum when nobody comes', () => {
    const kerb = driven(90, { recall: { a: minimum, b: minimum } });
    expect(kerb.stages.length).toBeGreaterThan(8);
    // Five seconds of green and three of amber, and a step of the sensors.
    for (const seconds of lengthsOf(kerb)) {
      expect(seconds).toBeGreaterThanOrEqual(8);
      expect(seconds).toBeLessThan(10);
    }
    expect(unsafeOf(kerb)).toEqual([]);
  });

  test('keeps its green for those who come, like any other', () => {
    const coming: Coming = () => ['a'];
    const [first = 0] = lengthsOf(driven(90, { recall: { a: minimum, b: minimum }, coming }));
    expect(first).toBeGreaterThan(45);
  });

  test('is served by the planner too, whoever else drives, and before long', () => {
    const coming: Coming = () => ['a'];
    const kerb = driven(300, { control: 'adaptive', recall: { b: minimum }, coming });
    expect(kerb.modes).toContain('adaptive');
    expect(kerb.stages.filter((stage) => stage === 'B').length).toBeGreaterThanOrEqual(2);
    expect(driven(300, { control: 'adaptive', coming }).stages).toEqual(['A']);
    expect(unsafeOf(kerb)).toEqual([]);
  });

  test('may be pedestrians: they walk in each cycle, and nobody has to call', () => {
    const walk = { kind: 'pedestrian' as const };
    // Who drives is there all the time, and there are gaps in which his green may end.
    const coming: Coming = (second) => (second % 20 < 10 ? ['a'] : []);
    const walks = (recall: Partial<Group>) => {
      const { stages } = driven(80, { recall: { b: { ...walk, ...recall } }, coming });
      return stages.filter((stage) => stage === 'B').length;
    };
    expect(walks(minimum)).toBeGreaterThanOrEqual(3);
    expect(walks({})).toBe(0);
  });

  test('changes nothing where lamps go by times alone', () => {
    const timesOf = (recall: Partial<Group>) =>
      lengthsOf(driven(120, { control: 'fixed', recall: { a: recall } }));
    expect(timesOf(minimum)).toEqual(timesOf({}));
  });
});

describe('a group on maximum recall', () => {
  const recall = { a: onRecall('maximum') };

  test('keeps its green to the maximum while others call, whether anybody comes or not', () => {
    const kerb = driven(80, { recall, coming: once('b') });
    const [first = 0] = lengthsOf(kerb);
    // Fifty seconds of green and three of amber.
    expect(first).toBeCloseTo(53, -1);
    expect(unsafeOf(kerb)).toEqual([]);
    const [gapped = 0] = lengthsOf(driven(80, { coming: once('b') }));
    expect(gapped).toBeLessThan(10);
  });

  test('is called for at every red as well', () => {
    expect(driven(80, { recall, coming: once('b') }).stages.slice(0, 3)).toEqual(['A', 'B', 'A']);
  });

  test('rests beyond its maximum while nobody else calls', () => {
    expect(driven(120, { recall }).stages).toEqual(['A']);
  });

  test('ends no later than another: neither does a gap end it sooner', () => {
    const [stage, other] = junction.stages as [Stage, Stage];
    const view = { intersection: recalling(recall), stage, expected: traffic([], [0]), walks: [] };
    expect(actuate(view, 49_900)).toBe(null);
    expect(actuate(view, 50_000)).toBe(other);
    expect(actuate({ ...view, intersection: junction }, 5_000)).toBe(other);
  });
});
