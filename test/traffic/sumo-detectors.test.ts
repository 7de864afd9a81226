/** Proves where detectors lie, and what their file says. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type ApproachLane, approachLanes } from '../../traffic/sumo-approach.ts';
import { areaSites, detectorsFile, loopSites } from '../../traffic/sumo-detectors.ts';
import { readSumoNetwork } from '../../traffic/sumo-network.ts';
import { importText, twoLights } from './read-fixture.ts';

let lanes: readonly ApproachLane[];

beforeAll(async () => {
  const { district } = await importText(twoLights);
  lanes = approachLanes(district.intersections, await readSumoNetwork([twoLights]));
});

describe('the lanes of approach', () => {
  test('are those that end at a stop line, pedestrians’ aside', () => {
    expect(lanes.map(({ intersection, id }) => `${intersection} ${id}`)).toEqual([
      ...['west ew2_0', 'west south_0', 'west in_0', 'west in_1'],
      ...['east north_0', 'east north_1', 'east we2_0'],
    ]);
  });

  test('know the groups that their vehicles may need', () => {
    const groups = new Map(lanes.map((one) => [one.id, one.groups]));
    expect(groups.get('in_0')).toEqual(['W-r', 'W-s']);
    expect(groups.get('in_1')).toEqual(['W-s']);
  });

  test('go on upstream through junctions without lights, and end where ways come together', () => {
    const ways = new Map(lanes.map((one) => [one.id, one]));
    expect(ways.get('ew2_0')?.stretches.map(({ lane, endM }) => [lane.id, endM])).toEqual([
      ['ew2_0', 0],
      ['ew1_0', 138],
    ]);
    expect(ways.get('ew2_0')?.reachM).toBe(200);
    // Two lanes lead into it.
    expect(ways.get('we2_0')?.stretches.map(({ lane }) => lane.id)).toEqual(['we2_0']);
    expect(ways.get('we2_0')?.reachM).toBe(138);
  });
});

describe('loops', () => {
  test('lie at each stop line, and five seconds upstream of it', () => {
    const at = (lane: string) =>
      loopSites(lanes)
        .filter((site) => site.lanes.includes(lane))
        .map(({ place, lane: where, positionM, distanceM }) => [
          place,
          where,
          positionM,
          distanceM,
        ]);
    expect(at('in_0')).toEqual([
      ['stopLine', 'in_0', 188, 2],
      ['advance', 'in_0', 120.55, 69.45],
    ]);
    expect(at('we2_0')).toEqual([
      ['stopLine', 'we2_0', 136, 2],
      ['advance', 'we2_0', 96.35, 41.65],
    ]);
  });

  test('that several lanes share is one, with all their groups', () => {
    const lane = { id: 'far_0', kind: 'vehicle', lengthM: 300, speedMps: 20, shape: [] } as const;
    const pocket = (id: string, group: string): ApproachLane => ({
      ...{ intersection: 'x', id, groups: [group], speedMps: 20, reachM: 200 },
      stretches: [
        { lane: { ...lane, id, lengthM: 30 }, endM: 0 },
        { lane, endM: 40 },
      ],
    });
    const pockets = [pocket('left_0', 'W-l'), pocket('through_0', 'W-s')];
    const sites = loopSites(pockets).filter(({ place }) => place === 'advance');
    expect(sites).toMatchObject([
      {
        ...{ lane: 'far_0', positionM: 240, distanceM: 100 },
        ...{ lanes: ['left_0', 'through_0'], groups: ['W-l', 'W-s'] },
      },
    ]);
    expect(
      areaSites(pockets).map(({ lane, nearM, farM, groups }) => [lane, nearM, farM, groups]),
    ).toEqual([
      ['left_0', 0, 30, ['W-l']],
      ['far_0', 40, 200, ['W-l', 'W-s']],
      ['through_0', 0, 30, ['W-s']],
    ]);
  });

  test('lie at the start of the way that is known, where that is short', () => {
    const lane = { id: 'short_0', kind: 'vehicle', lengthM: 1, speedMps: 10, shape: [] } as const;
    const short = { intersection: 'x', id: 'short_0', groups: ['W-s'], speedMps: 10, reachM: 1 };
    const sites = loopSites([{ ...short, stretches: [{ lane, endM: 0 }] }]);
    expect(sites.map(({ positionM }) => positionM)).toEqual([0.1, 0.1]);
  });
});

test('the file names each detector with its lane and place, and writes nothing', () => {
  const sites = loopSites(lanes.filter(({ id }) => id === 'south_0'));
  const text = detectorsFile(sites, []);
  expect(text.split('\n')).toEqual([
    '<additional>',
    '  <inductionLoop id="greenwave~stopLine~west~south_0" lane="south_0" pos="188" friendlyPos="true" period="1000000" file="NUL"/>',
    '  <inductionLoop id="greenwave~advance~west~south_0" lane="south_0" pos="120.55" friendlyPos="true" period="1000000" file="NUL"/>',
    '</additional>',
    '',
  ]);
});
