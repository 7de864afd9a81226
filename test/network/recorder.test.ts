/**
 * The recorder finds what it is there to find: made-up records with one fault each, and none in a
 * record without a fault.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lamp } from '../../protocol/lamp.ts';
import { ownIntersections, sharedIntersection } from './districts.ts';
import { isLeftOut, missingForRecorder } from './means.ts';
import { type DriverRecord, judge, type RecordFile, type Serving } from './record.ts';

type Change = readonly [atMs: number, lamps: Readonly<Record<string, Lamp>>];

let folder: string;
let drivers: DriverRecord[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-recorder-'));
  drivers = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes what a driver showed: `all` but for the changes is red. */
const driver = (
  node: string,
  intersection: string,
  changes: readonly Change[],
  more: { clockMs?: number; endedMs?: number } = {},
) => {
  const file = join(folder, `${node}-${drivers.length}.jsonl`);
  const { clockMs = 0 } = more;
  const all = ['NS', 'EW', 'N', 'S', 'E', 'W', 'F'].map((group) => [group, 'red'] as const);
  const lines = changes.map(([atMs, lamps]) => ({
    ...{ t: 0, node, kind: 'lamps', intersection },
    nowMs: atMs + clockMs,
    lamps: { ...Object.fromEntries(all), ...lamps },
  }));
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"kind":"la`);
  drivers.push({ node, file, ...more, clockMs });
};

const record = (
  kind: typeof ownIntersections,
  { serving = [], nowMs = 60_000, sinceMs = 0, ...more }: Partial<RecordFile> = {},
) => {
  const district = join(folder, 'district.json');
  writeFileSync(district, JSON.stringify(kind.district));
  const file = join(folder, 'record.json');
  writeFileSync(file, JSON.stringify({ district, drivers, serving, sinceMs, nowMs, ...more }));
  return judge(file);
};

const texts = (found: readonly { text: string }[]) => found.map(({ text }) => text);

/** A green of two seconds or more, with amber, until all is red. */
const green = (group: string, fromMs: number, untilMs: number): Change[] => [
  [fromMs, { [group]: 'green' }],
  [untilMs, { [group]: 'amber' }],
  [untilMs + 1000, {}],
];

describe.skipIf(isLeftOut('the recorder', missingForRecorder))('the recorder', () => {
  test('finds nothing where greens follow each other with amber and clearance', async () => {
    driver('n1', 'x1', [[0, {}], ...green('NS', 1000, 4000), ...green('EW', 5500, 8500)]);
    const { conflicts, cuts, gaps, lines, greens } = await record(ownIntersections, {
      serving: [{ node: 'n1', fromMs: 0, untilMs: 12_000 }],
      nowMs: 12_000,
    });
    expect({ conflicts, cuts, gaps }).toEqual({ conflicts: [], cuts: [], gaps: [] });
    expect(lines).toBe(7);
    expect(greens).toMatchObject({ 'x1/NS': 1, 'x1/EW': 1 });
  });

  test.each<{ lamp: Lamp }>([
    { lamp: 'green' },
    { lamp: 'greenPermissive' },
    { lamp: 'amber' },
    { lamp: 'redAmber' },
    { lamp: 'flashingAmber' },
  ])(
    'finds $lamp in one cabinet while a conflicting group is green in another',
    async ({ lamp }) => {
      driver('n1', 'five-roads', [[0, {}], ...green('N', 1000, 5000)]);
      driver('n3', 'five-roads', [
        [0, {}],
        [4000, { E: lamp }],
        [4500, {}],
      ]);
      const { conflicts } = await record(sharedIntersection);
      expect(texts(conflicts)).toEqual([`five-roads: N green and E ${lamp} together for 500 ms`]);
    },
  );

  test('finds a green within the clearance of another, on hosts whose clocks differ', async () => {
    driver('n1', 'five-roads', [[0, {}], ...green('N', 1000, 4000)], { clockMs: 86_400_000 });
    driver('n3', 'five-roads', [[0, {}], ...green('E', 5200, 9000)]);
    const { conflicts } = await record(sharedIntersection);
    expect(texts(conflicts)).toEqual([
      'five-roads: E green 200 ms after N ended, within its clearance',
    ]);
  });

  test('believes a driver only in what its own node commands', async () => {
    driver('n1', 'five-roads', [
      [0, {}],
      [1000, { N: 'green', E: 'green' }],
    ]);
    driver('n3', 'five-roads', [[0, {}]]);
    expect((await record(sharedIntersection)).conflicts).toEqual([]);
  });

  test('lets groups that do not conflict be green together', async () => {
    driver('n1', 'five-roads', [[0, {}], ...green('N', 1000, 5000)]);
    driver('n2', 'five-roads', [[0, {}], ...green('S', 2000, 6000)]);
    expect((await record(sharedIntersection)).conflicts).toEqual([]);
  });

  test('lets a green that yields be lit with what it yields to, and no other', async () => {
    const [x1] = ownIntersections.district.intersections;
    if (!x1) throw new Error('an intersection');
    const yielding = {
      ...ownIntersections,
      district: {
        ...ownIntersections.district,
        intersections: [{ ...x1, yields: [['EW', 'NS']] }],
      },
    } as typeof ownIntersections;
    driver('n1', 'x1', [
      [0, {}],
      [1000, { NS: 'green', EW: 'greenPermissive' }],
      [4000, { NS: 'green', EW: 'amber' }],
      [5000, { NS: 'green' }],
      [6000, { NS: 'green', EW: 'green' }],
      [9000, { NS: 'green', EW: 'amber' }],
    ]);
    const { conflicts } = await record(yielding);
    expect(texts(conflicts)).toEqual([
      'x1: NS green and EW green together for 3000 ms',
      'x1: NS green and EW amber together for 51000 ms',
    ]);
  });

  test.each<{ what: string; changes: Change[]; found: string }>([
    {
      what: 'a green shorter than its minimum',
      changes: green('NS', 1000, 2500),
      found: 'x1: NS was green for 1500 ms',
    },
    {
      what: 'a green without amber',
      changes: [
        [1000, { NS: 'green' }],
        [4000, {}],
      ],
      found: 'x1: NS turned red from green',
    },
    {
      what: 'an amber that is too short',
      changes: [
        [1000, { NS: 'green' }],
        [4000, { NS: 'amber' }],
        [4500, {}],
      ],
      found: 'x1: NS was amber for 500 ms',
    },
    {
      what: 'an amber that turns green',
      changes: [
        [1000, { NS: 'green' }],
        [4000, { NS: 'amber' }],
        [5500, { NS: 'green' }],
      ],
      found: 'x1: NS turned green from amber',
    },
    {
      what: 'a red after amber that is too short',
      changes: [...green('NS', 1000, 4000), [5200, { NS: 'flashingRed' }]],
      found: 'x1: NS was red for 200 ms after amber',
    },
  ])('finds $what', async ({ changes, found }) => {
    driver('n1', 'x1', [[0, {}], ...changes]);
    expect(texts((await record(ownIntersections)).cuts)).toEqual([found]);
  });

  test.each<{ what: string; changes: Change[]; found: string[] }>([
    { what: 'has nothing against amber and red', changes: green('NS', 1000, 4000), found: [] },
    {
      what: 'finds that there is no end',
      changes: [[1000, { NS: 'green' }]],
      found: ['x1: NS showed nothing after the green of its node, which died'],
    },
    {
      what: 'finds that there is no amber',
      changes: [
        [1000, { NS: 'green' }],
        [4000, {}],
        [6000, { NS: 'flashingRed' }],
      ],
      found: [
        'x1: NS turned red from green',
        'x1: NS showed red, flashingRed after the green of its node, which died',
      ],
    },
    {
      what: 'finds that there is no red',
      changes: [...green('NS', 1000, 4000).slice(0, 2), [5000, { NS: 'flashingRed' }]],
      found: [
        'x1: NS turned flashingRed from amber',
        'x1: NS showed amber, flashingRed after the green of its node, which died',
      ],
    },
  ])('$what after a green whose node was killed', async ({ changes, found }) => {
    driver('n1', 'x1', [[0, {}], ...changes]);
    const verdict = await record(ownIntersections, { deaths: [{ node: 'n1', atMs: 2000 }] });
    expect(texts(verdict.cuts)).toEqual(found);
    expect(verdict.deaths).toEqual({ all: 2, green: 1, amber: 0 });
  });

  test('finds a green that lasts longer than its maximum, where nothing is agreed on', async () => {
    driver('n1', 'x1', [[0, {}], ...green('NS', 1000, 6000), ...green('EW', 8000, 14_000)]);
    const { overruns } = await record(ownIntersections);
    expect(texts(overruns)).toEqual(['x1: EW was green for 6000 ms, more than its maximum']);
  });

  test('takes the lamps of a driver that was killed for dark, and for no cut green', async () => {
    driver(
      'n1',
      'x1',
      [
        [0, {}],
        [1000, { NS: 'green' }],
      ],
      { endedMs: 2000 },
    );
    driver('n1', 'x1', [[5000, {}], ...green('EW', 6000, 9000)]);
    const { conflicts, cuts } = await record(ownIntersections);
    expect({ conflicts, cuts }).toEqual({ conflicts: [], cuts: [] });
  });

  const serving: Serving[] = [{ node: 'n1', fromMs: 2000, untilMs: 30_000 }];

  test.each<{ what: string; changes: Change[]; found: string[] }>([
    {
      what: 'lamps that flash though their node is to serve',
      changes: [
        [1000, {}],
        [9000, { NS: 'flashingRed' }],
        [9500, {}],
        [9600, { NS: 'green' }],
      ],
      found: ['x1: NS was flashingRed for 500 ms'],
    },
    {
      what: 'a green that is left out',
      changes: [...green('NS', 1000, 4000), ...green('NS', 19_000, 29_500)],
      found: ['x1: NS was red for 14000 ms, more than 10500'],
    },
  ])('finds $what', async ({ changes, found }) => {
    driver('n1', 'x1', [[0, {}], ...changes]);
    const { gaps } = await record(ownIntersections, { serving });
    expect(texts(gaps).filter((text) => text.includes('NS'))).toEqual(found);
  });

  test('asks no light of a node that is not to serve', async () => {
    driver('n1', 'x1', [
      [0, {}],
      [9000, { NS: 'flashingRed', EW: 'flashingRed' }],
    ]);
    expect((await record(ownIntersections)).gaps).toEqual([]);
  });

  test('tells nothing of what was before the moment it is asked about', async () => {
    driver('n1', 'x1', [[0, {}], ...green('NS', 1000, 2500)]);
    expect((await record(ownIntersections, { sinceMs: 3000 })).cuts).toEqual([]);
  });

  test('misses no group that has no record', async () => {
    const { gaps } = await record(ownIntersections, { serving });
    expect(texts(gaps)).toEqual(['x1: NS has no record at all', 'x1: EW has no record at all']);
  });

  describe('where greens are agreed on', () => {
    /** On a clock of its own: what is agreed for 500 is lit from 1000 on. */
    const AHEAD_MS = 500;
    const TAIL_MS = 1750;
    const agree = (group: string, fromMs: number, greenUntilMs: number) => {
      const span = { fromMs: fromMs - AHEAD_MS, untilMs: greenUntilMs - AHEAD_MS + TAIL_MS };
      return {
        kind: 'right.grant',
        intersection: 'five-roads',
        term: 1,
        nowMs: 0,
        grants: [{ group, ...span }],
      };
    };
    const agreed = (commands: readonly object[]) => {
      const file = join(folder, 'agreed.jsonl');
      const lines = commands.map((command) =>
        JSON.stringify({ group: 'g', heardMs: AHEAD_MS + 20, command, ...heardLate(command) }),
      );
      writeFileSync(file, `${lines.join('\n')}\n`);
      return [file];
    };
    const LATE_MS = 1300;
    /** All but what is of term 1 was heard late. */
    const heardLate = (command: { term?: number }) =>
      command.term === 1 ? {} : { heardMs: AHEAD_MS + LATE_MS };
    const all = ['n1', 'n3', 'n5'].map((node) => ({ node, fromMs: 0, untilMs: 30_000 }));
    const three = [agree('N', 1000, 4000), agree('E', 6500, 9000), agree('F', 12_000, 15_000)];
    const light = (eUntilMs: number, fUntilMs = 15_000) => {
      driver('n1', 'five-roads', [[0, {}], ...green('N', 1000, 4000)]);
      driver('n3', 'five-roads', [[0, {}], ...green('E', 6500, eUntilMs)]);
      driver('n5', 'five-roads', [[0, {}], ...green('F', 12_000, fUntilMs)]);
    };
    const found = async (commands: readonly object[], serving: Serving[] = all) => {
      const options = { serving, nowMs: 30_000, agreed: agreed(commands) };
      const { gaps, overruns, agreed: held } = await record(sharedIntersection, options);
      const lost = texts(gaps).filter((text) => text.includes('agreed'));
      return { held, gaps: lost, overruns: texts(overruns) };
    };

    test('finds nothing where all of it was lit, in however many pieces it was agreed', async () => {
      light(9000, 18_000);
      const more = [agree('F', 15_000, 18_000), agree('E', 6500, 8000)];
      expect(await found([...three, ...more])).toEqual({ held: 3, gaps: [], overruns: [] });
    });

    test('finds a green that was cut short, though not below its minimum', async () => {
      light(8550);
      const cut = ['five-roads: E was green for 2050 of 2500 ms agreed on'];
      expect(await found(three)).toEqual({ held: 3, gaps: cut, overruns: [] });
    });

    test('finds a green that did not come', async () => {
      light(9000);
      const lost = ['five-roads: N was green for 0 of 3000 ms agreed on'];
      expect(await found([...three, agree('N', 20_000, 23_000)])).toEqual({
        held: 4,
        gaps: lost,
        overruns: [],
      });
    });

    test('asks for no more than the holder kept', async () => {
      light(9000);
      const second = agree('E', 6500, 11_000);
      const released = { fromMs: 6000, untilMs: 9000 - AHEAD_MS + TAIL_MS };
      const release = { kind: 'right.release', intersection: 'five-roads', term: 1, group: 'E' };
      const given = [...three, second, { ...release, ...released }];
      expect(await found(given)).toEqual({ held: 3, gaps: [], overruns: [] });
    });

    test('asks nothing of a node that is not to serve', async () => {
      light(8550);
      const others = all.filter(({ node }) => node !== 'n3');
      expect(await found(three, others)).toEqual({ held: 2, gaps: [], overruns: [] });
    });

    const [first, , third] = three as [object, object, object];

    test.each([
      ['past the end of its right', agree('E', 6500, 8200), 'for 280 ms past its right'],
      ['before the start of its right', agree('E', 8000, 12_000), 'without a right'],
      ['by the right of another group', agree('S', 6500, 9000), 'without a right'],
    ])('finds what is lit %s', async (_, second, overrun) => {
      light(9000);
      const { overruns } = await found([first, second, third], []);
      expect(overruns[0]).toBe(`five-roads: E was lit ${overrun} of way`);
    });

    test('finds what is lit after its holder has released it', async () => {
      light(9000);
      const end = 8000 - AHEAD_MS + TAIL_MS;
      const given = { term: 1, group: 'E', fromMs: 6000, untilMs: end };
      const release = { kind: 'right.release', intersection: 'five-roads', ...given };
      const { overruns } = await found([...three, release]);
      expect(overruns).toContain('five-roads: E was lit for 480 ms past its right of way');
    });

    test.each([
      ['what is lit within a right', 6500, 9000, 'was lit without a right of way', undefined],
      ['past one', 6300, 8200, undefined, 'was lit for 230 ms past its right of way'],
    ])(
      'knows a clock that it heard late of by one it is related to: %s',
      async (_, fromMs, untilMs, alone, together) => {
        light(9000);
        const second = { ...agree('E', fromMs, untilMs), term: 2 };
        const opening = { kind: 'timescale.open', term: 2, startMs: 0 };
        const told = (text?: string) => (text ? [`five-roads: E ${text}`] : []);
        const given = [first, second, third];
        expect((await found([...given, opening], [])).overruns).toEqual(told(alone));
        const related = { ...opening, to: { term: 1, boundMs: 50 } };
        expect((await found([...given, related], [])).overruns).toEqual(told(together));
      },
    );
  });
});
