/** Proves what becomes of a network’s lights, on a small network made by hand. */
import { describe, expect, test } from 'vitest';
import { checkDistrict } from '../../protocol/check-district.ts';
import { importText, twoLights } from './read-fixture.ts';

const crossing = async (text = twoLights, options = {}) => {
  const { district, warnings } = await importText(text, options);
  const [west, east] = district.intersections;
  if (!west || !east) throw new Error('two lights expected');
  return { district, west, east, warnings };
};

const NIGHT = 'GGgrGGG';

describe('importing a network', () => {
  test('the district passes every check and names a node for each light', async () => {
    const { district } = await crossing();
    expect(checkDistrict(district)).toHaveProperty('district');
    expect(district.intersections.map(({ id, node }) => [id, node])).toEqual([
      ['west', 'n1'],
      ['east', 'n2'],
    ]);
    expect(district.expect).toBe(2);
  });

  test('the same network gives the same district', async () => {
    expect((await crossing()).district).toEqual((await crossing()).district);
  });

  test('lamps that always show the same and come from one edge are one group', async () => {
    const { west } = await crossing();
    expect(
      west.groups.map(({ id, movements = [] }) => [id, movements.map(({ link }) => link)]),
    ).toEqual([
      ['E-s', [0]],
      ['E-l', [1]],
      ['S-r', [2]],
      ['S-l', [3]],
      ['W-r', [4]],
      ['W-s', [5, 6]],
    ]);
  });

  test('foes are conflicts, and a filter turn of a sound stage yields', async () => {
    const { west } = await crossing();
    expect(west.conflicts).toEqual([
      ['E-s', 'S-l'],
      ['E-l', 'S-l'],
      ['E-l', 'W-r'],
      ['E-l', 'W-s'],
      ['S-r', 'W-s'],
      ['S-l', 'W-s'],
    ]);
    // By the matrix alone S-l would yield to three more; no stage of the network lights it so.
    expect(west.yields).toEqual([
      ['E-l', 'W-r'],
      ['E-l', 'W-s'],
      ['S-r', 'W-s'],
    ]);
  });

  test('a group may be permissive in one stage and protected in another', async () => {
    const { west } = await crossing();
    expect(west.stages).toEqual([
      { id: 's1', green: ['E-s', 'W-r', 'W-s'], permissive: ['E-l', 'S-r'] },
      { id: 's2', green: ['E-s', 'E-l', 'S-r'] },
      { id: 's3', green: ['S-r', 'S-l'] },
    ]);
    expect(west.programs).toEqual([
      {
        id: 'day',
        offsetS: 7,
        steps: [
          { stage: 's1', greenS: 30 },
          { stage: 's2', greenS: 8 },
          { stage: 's3', greenS: 20 },
        ],
      },
    ]);
  });

  test('lanes that leave one edge and merge are listed, and no conflict', async () => {
    const { east } = await crossing();
    expect(east.merges).toEqual([['N-r1', 'N-r2']]);
    expect(east.stages[0]?.green).toEqual(['N-r1', 'N-r2', 'W-l']);
    expect(east.conflicts.map((pair) => pair.join(' '))).not.toContain('N-r1 N-r2');
  });

  test('foes that leave one edge for different ones cross: they conflict', async () => {
    const text = twoLights
      .replace('response="0000000" foes="0001000"', 'response="0000000" foes="0001010"')
      .replace('response="1110000" foes="1111000"', 'response="1110001" foes="1111001"');
    const { west } = await crossing(text);
    expect(west.conflicts).toContainEqual(['E-s', 'E-l']);
    expect(west.yields).toContainEqual(['E-l', 'E-s']);
    expect(west.merges).toBeUndefined();
  });

  test('a crossing is a group of pedestrians that clears in the time to walk across', async () => {
    const { east } = await crossing();
    const crossed = east.groups.find(({ id }) => id === 'N-ped');
    expect(crossed).toMatchObject({ kind: 'pedestrian', amberS: 8 });
  });

  test('stop-then-turn is red, and noted on its movement', async () => {
    const { west } = await crossing();
    const turns = west.groups.flatMap(({ movements = [] }) => movements);
    expect(turns.filter((turn) => turn.stopThenTurn).map(({ link }) => link)).toEqual([4]);
    const last = west.stages.find(({ id }) => id === 's3');
    expect([...(last?.green ?? []), ...(last?.permissive ?? [])]).not.toContain('W-r');
  });

  test('times come from the programs', async () => {
    const { west, east } = await crossing();
    const times = west.groups.map((group) => [group.id, group.minGreenS, group.maxGreenS]);
    expect(times).toContainEqual(['W-s', 4, 55]);
    expect(times).toContainEqual(['S-l', 5, 50]);
    const amber = Object.fromEntries(west.groups.map(({ id, amberS }) => [id, amberS]));
    expect(amber).toEqual({ 'E-s': 3, 'E-l': 3, 'S-r': 4, 'S-l': 3, 'W-r': 4, 'W-s': 4 });
    expect(west.groups.every(({ redClearanceS }) => redClearanceS === 2)).toBe(true);
    expect(west.groups.filter(({ redAmberS }) => redAmberS === 2).map(({ id }) => id)).toEqual([
      'S-r',
      'S-l',
    ]);
    // The all-red after the walk is the walk’s own clearance.
    expect(east.groups.every(({ redClearanceS }) => redClearanceS === 0)).toBe(true);
  });

  test('the operator’s times replace those of the programs', async () => {
    const { west, east } = await crossing(twoLights, {
      amberS: 2,
      redClearanceS: 1.5,
      minGreenS: 60,
    });
    for (const group of [...west.groups, ...east.groups]) {
      expect(group).toMatchObject({ redClearanceS: 1.5, minGreenS: 60, maxGreenS: 60 });
      expect(group.amberS).toBe(group.kind === 'pedestrian' ? 8 : 2);
    }
  });

  test('streets lead through junctions without lights from stop line to stop line', async () => {
    const { district } = await crossing();
    expect(district.links).toEqual([
      {
        from: 'west',
        to: 'east',
        lengthM: 14 + 138 + 10 + 138,
        speedMps: 10.41,
        lanes: 1,
        fromGroups: ['S-r', 'W-s'],
        toGroups: ['W-l'],
      },
      {
        from: 'east',
        to: 'west',
        lengthM: 138 + 138,
        speedMps: 13.89,
        lanes: 1,
        fromGroups: ['N-r1', 'N-r2'],
        toGroups: ['E-s', 'E-l'],
      },
    ]);
  });
});

describe('what a network may also hold', () => {
  test('a program of the wrong length is left out', async () => {
    const { west, warnings } = await crossing(twoLights.replace(NIGHT, `${NIGHT}r`));
    expect(west.programs?.map(({ id }) => id)).toEqual(['day']);
    expect(warnings).toEqual([
      {
        place: 'west program night',
        message: 'phases 0 and 1 differ in length; the program is left out',
      },
    ]);
  });

  test('lamps that are switched off are red here, and told', async () => {
    const { west, warnings } = await crossing(twoLights.replaceAll('rrGG', 'ooGG'));
    expect(west.stages.map(({ green }) => green)).toContainEqual(['S-r', 'S-l']);
    expect(warnings).toContainEqual({
      place: 'west program day',
      message: 'switches lamps off in phase 5; here they are red',
    });
  });

  test('a group that no program lights gets a stage of its own', async () => {
    const { west, warnings } = await crossing(twoLights.replaceAll('rrGG', 'rrGr'));
    expect(west.stages.at(-1)).toEqual({ id: 's4', green: ['S-l', 'S-r', 'W-r'] });
    expect(warnings.map(({ message }) => message)).toContain(
      'no sound stage of the network lights S-l; stage s4 was made for it',
    );
  });

  test('an id with spaces or slashes is made plain, and told', async () => {
    const { district, warnings } = await crossing(twoLights.replaceAll('"west"', '"J 1/west"'));
    expect(district.intersections[0]?.id).toBe('J_1_west');
    expect(warnings).toContainEqual({ place: 'J 1/west', message: 'is called J_1_west' });
    expect(district.links?.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'J_1_west east',
      'east J_1_west',
    ]);
  });

  test('a matrix that does not fit its junction is refused, because foes are unknown', async () => {
    const text = twoLights.replace(/ *<request index="6".*\n/, '');
    await expect(importText(text)).rejects.toThrow(
      'junction west has 6 rows of right of way for 7 movements',
    );
  });

  test('a network without lights is refused', async () => {
    await expect(importText('<net/>')).rejects.toThrow('no traffic light controls a movement');
  });
});
