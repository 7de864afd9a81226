/** Proves which letters of a light's state its groups light, and that a wrong map is refused. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Intersection } from '../../protocol/district.ts';
import type { Lamp, Lamps } from '../../protocol/lamp.ts';
import {
  type LightsSeen,
  type MatchedLight,
  matchLights,
  stateOf,
} from '../../traffic/sumo-heads.ts';
import { Lantern } from '../../traffic/sumo-lantern.ts';
import { readSumoNetwork, type SumoNetwork } from '../../traffic/sumo-network.ts';
import type { ControlledLink } from '../../traffic/traci-types.ts';
import { importText, twoLights } from './read-fixture.ts';
import { hexOf } from './recorded-answers.ts';

let network: SumoNetwork;
let intersections: readonly Intersection[];
let lights: LightsSeen;
let matched: readonly MatchedLight[];

/** What SUMO would say that its lights control. */
const seenIn = ({ connections }: SumoNetwork): LightsSeen => {
  const seen = new Map<string, ControlledLink[][]>();
  for (const { signal, from, fromLane, to, toLane, via = '' } of connections) {
    if (!signal) continue;
    const links = seen.get(signal.light) ?? [];
    while (links.length <= signal.link) links.push([]);
    links[signal.link]?.push({ from: `${from}_${fromLane}`, to: `${to}_${toLane}`, via });
    seen.set(signal.light, links);
  }
  return seen;
};

beforeAll(async () => {
  network = await readSumoNetwork([twoLights]);
  ({ intersections } = (await importText(twoLights)).district);
  lights = seenIn(network);
  matched = matchLights(intersections, lights, network);
});

const place = (id: string) => {
  const light = matched.find(({ intersection }) => intersection === id);
  if (!light) throw new Error(`no ${id}`);
  return light;
};

const all = (id: string, lamp: Lamp): Lamps =>
  Object.fromEntries(
    (intersections.find((one) => one.id === id)?.groups ?? []).map((group) => [group.id, lamp]),
  );

describe('the letters of a state', () => {
  test('each link has its group', () => {
    expect(place('west').heads.map((head) => head?.group)).toEqual([
      'E-s',
      'E-l',
      'S-r',
      'S-l',
      'W-r',
      'W-s',
      'W-s',
    ]);
    expect(place('east').heads.map((head) => head?.kind)).toContain('pedestrian');
  });

  test('are lit link by link: what yields is small, what is left out is red', () => {
    const lamps: Lamps = {
      'E-s': 'green',
      'E-l': 'greenPermissive',
      'W-r': 'amber',
      'W-s': 'redAmber',
    };
    expect(stateOf(place('west').heads, lamps)).toBe('Ggrryuu');
  });

  test.each<[Lamp, string]>([
    ['red', 'rrrrsrr'],
    ['green', 'GGGGGGG'],
    ['greenPermissive', 'ggggggg'],
    ['amber', 'yyyyyyy'],
    ['redAmber', 'uuuuuuu'],
    ['flashingRed', 'sssssss'],
  ])('%s is %s', (lamp, state) => {
    expect(stateOf(place('west').heads, all('west', lamp))).toBe(state);
  });

  test.each<Lamp>(['dark', 'flashingAmber'])('%s leaves the right of way to the signs', (lamp) => {
    expect(stateOf(place('west').heads, all('west', lamp))).toBe('OoooOOO');
    const connections = network.connections.map((one) => ({ ...one, hasPriority: false }));
    const [dark] = matchLights(intersections, lights, { ...network, connections });
    expect(stateOf(dark?.heads ?? [], all('west', lamp))).toBe('ooooooo');
  });

  test('lets pedestrians start on green alone', () => {
    const { heads } = place('east');
    const crossing = heads.findIndex((head) => head?.kind === 'pedestrian');
    const shown = (lamp: Lamp) => stateOf(heads, all('east', lamp))[crossing];
    expect(
      ['green', 'amber', 'redAmber', 'red', 'flashingRed'].map((lamp) => shown(lamp as Lamp)),
    ).toEqual(['G', 'r', 'r', 'r', 'r']);
  });

  test('red is SUMO’s s where its programs let one turn after a stop', async () => {
    const never = twoLights.replaceAll('rrGGsrr', 'rrGGrrr').replaceAll('srr"', 'rrr"');
    const { district } = await importText(never);
    const [west] = matchLights(district.intersections, lights, network);
    expect(stateOf(west?.heads ?? [], {})).toBe('rrrrrrr');
    expect(stateOf(place('west').heads, {})).toBe('rrrrsrr');
  });
});

describe('a map that does not fit', () => {
  test('is refused with every link that is elsewhere', () => {
    const changed = new Map(lights);
    const west = [...(lights.get('west') ?? [])];
    const [first = [], second = []] = west;
    changed.set('west', [second, first, ...west.slice(2)]);
    expect(() => matchLights(intersections, changed, network)).toThrow(
      /^the district does not fit the network; import it again:\n {2}west E-s: link 0, .* is link 1 of west\n {2}west E-l: link 1, .* is link 0 of west$/,
    );
  });

  test('is refused where a light is missing, and where a district has no movements', () => {
    const without = new Map([...lights].filter(([light]) => light !== 'east'));
    expect(() => matchLights(intersections, without, network)).toThrow('is no light’s');
    const bare = intersections.map((one) => ({
      ...one,
      groups: one.groups.map(({ movements: _, ...group }) => group),
    }));
    expect(() => matchLights(bare, lights, network)).toThrow(
      'west has no movements; make the district with greenwave import',
    );
  });
});

describe('a lantern', () => {
  const textOf = (lantern: Lantern) =>
    lantern
      .commands()
      .map(({ bytes }) => Buffer.from(hexOf(bytes), 'hex').toString('latin1').slice(-7));

  test('leaves SUMO’s program alone until it is told something', () => {
    const lantern = new Lantern(place('west'));
    expect(lantern.commands()).toEqual([]);
    lantern.see('anything');
    expect(lantern.fault).toBeUndefined();
  });

  test('tells all links at once, and only what has changed', () => {
    const lantern = new Lantern(place('west'));
    lantern.show({ 'E-s': 'green' });
    expect(textOf(lantern)).toEqual(['Grrrsrr']);
    expect(textOf(lantern)).toEqual([]);
    lantern.show({ 'E-s': 'green' });
    expect(textOf(lantern)).toEqual([]);
    lantern.show({ 'E-s': 'amber' });
    expect(textOf(lantern)).toEqual(['yrrrsrr']);
  });

  test('says when SUMO shows something else, and tells it again', () => {
    const lantern = new Lantern(place('west'));
    lantern.show({ 'E-s': 'green' });
    lantern.commands();
    lantern.see('Grrrsrr');
    expect(lantern.fault).toBeUndefined();
    lantern.see('GGrrrrr');
    expect(lantern.fault).toBe('SUMO shows GGrrrrr at west, but was told Grrrsrr');
    expect(textOf(lantern)).toEqual(['Grrrsrr']);
    lantern.see('Grrrsrr');
    expect(lantern.fault).toBeUndefined();
  });
});
