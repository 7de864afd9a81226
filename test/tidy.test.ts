/**
 * Keeps the house in order: who may import whom, what pure code may not touch, that every event is
 * said and heard, and the sizes we hold ourselves to. Everything is read from the source text.
 */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lampsHear } from '../actors/lamps.ts';
import { storageHears } from '../actors/storage.ts';
import { wireHears } from '../actors/wire.ts';
import { concerns } from '../machines/node.ts';
import { facts, messages } from '../protocol/event.ts';
import { importsOf, ROOT, readFolder, type Source } from './source-text.ts';

/** What each folder may import from: whole folders, single ports, and packages where few are. */
const LAYERS: Record<string, { imports: string[]; ports?: string[]; packages?: RegExp }> = {
  protocol: { imports: [], packages: /^typebox(\/|$)/ },
  machines: { imports: ['protocol'], packages: /^(xstate|typebox(\/.*)?)$/ },
  actors: {
    imports: ['protocol', 'machines'],
    ports: ['transport/transport.ts'],
    packages: /^xstate$/,
  },
  transport: { imports: ['protocol'] },
  traffic: { imports: ['protocol'] },
  cabinet: { imports: ['protocol'] },
  simulation: {
    imports: ['protocol', 'machines', 'actors', 'transport', 'traffic', 'cabinet'],
    packages: /^(xstate(\/graph)?|typebox(\/.*)?)$/,
  },
  conformance: {
    imports: ['protocol', 'machines', 'actors'],
    ports: ['transport/transport.ts', 'simulation/random.ts'],
    packages: /^xstate$/,
  },
  visualizer: {
    imports: [
      ...['protocol', 'machines', 'actors', 'transport', 'traffic', 'cabinet'],
      ...['simulation', 'districts'],
    ],
    packages: /^(preact(\/hooks)?|@preact\/signals|typebox(\/schema)?|xstate|elkjs\/.*)$/,
  },
  bin: {
    imports: [
      ...['protocol', 'machines', 'actors', 'transport', 'traffic', 'cabinet'],
      ...['simulation', 'conformance', 'visualizer'],
    ],
  },
  library: {
    imports: [
      ...['protocol', 'machines', 'actors', 'transport', 'cabinet', 'simulation'],
      // What commands do on a host, a program of one's own does there too.
      'bin',
    ],
  },
};

/** Files that are longer than 250 lines, and why each is not two. */
const LONGER: Record<string, string> = {
  'protocol/event.ts': 'the vocabulary is one table, and is read as one',
  'protocol/message-table.ts': 'one row for each message of the vocabulary, read as one',
  'protocol/district.ts': 'the district file is one schema, and is read as one',
  'protocol/check-district.ts': 'one walk over one file; its parts share nothing but the report',
  'machines/membership.ts': 'one concern, one file: announcing, doubles and contracts share a view',
  'machines/genesis.ts': 'one concern, one file: proposer, acceptor and learner are one chart',
  'machines/detector.ts': 'one concern, one file: beats, silence and probes judge one history',
  'machines/election.ts': 'one concern, one file: Raft’s rules must be read side by side',
  'machines/replica.ts': 'one concern, one file: primary, backup and catching up are one chart',
  'machines/lease.ts': 'one concern, one file: its argument and its chart are read together',
  'machines/holder.ts': 'one concern, one file: what is shown, and what is given up, and when',
  'machines/phases.ts': 'one concern, one file: the decision of a stage and its chart',
  'machines/rights.ts': 'one argument, one file: when two greens stand apart is read as a whole',
  'simulation/city.ts': 'all that can be done to a city, in one list',
  'simulation/search/world.ts': 'the moves of a cluster, which share one packed state',
  'cabinet/server.ts': 'the door: who gets in and what he may say is read as a whole',
  'simulation/search/steps.ts': 'what a node may do, and what comes of it, share one memory',
  'simulation/search/models/rights.ts': 'one model: its place, its limits and what it must reach',
  'simulation/invariants.ts': 'the rules of a city are one list, and each check stands by its rule',
  'simulation/street-watch.ts': 'what stands of rights and lamps is held and judged in one place',
  'actors/node.ts':
    'composes a node: all that is handed in and all that is asked of it, in one place',
  'cabinet/driver.ts': 'the last gate is read as a whole by whoever must trust it',
};

/** Facts that no machine and no effect hears, and who reads each in the journal, or on the bus. */
const FOR_THE_JOURNAL: Record<string, string> = {
  'wire.refused': 'an operator: who was not heard, and why',
  'wire.said': 'the page: an arrow begins here',
  'wire.repeated': 'the page: a message that came twice',
  'membership.refused': 'an operator: whose contract or version differs',
  'membership.duplicate': 'the program, which ends: another node has this name',
  'membership.outlived': 'the program, which begins a later life',
  'merge.yielded': 'the program, which begins anew in another group',
  'enrolment.enrolled': 'an operator: the district has agreed on this intersection',
  'sensors.failed': 'an operator: a sensor is to be seen to',
  'sensors.restored': 'an operator: it is believed again',
  'detector.cleared': 'the page: a suspicion was wrong',
  'replica.refused': 'an operator: what was proposed, and why not',
  'lease.answered': 'whoever called `read` of the node',
  'phases.changed': 'an operator, the page and bench: the stage and its reason',
  'holder.changed': 'whoever reads the journal of a shared intersection: whose green it is',
  'phases.tell': 'an operator’s command, which watches the bus of its observer',
};
/** What wires say to each other: it never reaches the bus. */
const OF_WIRES = ['wire.challenge', 'wire.proof'];
const REQUESTS = [
  ...['wire.send', 'storage.write', 'storage.reset', 'clock.wake', 'lamps.show', 'lamps.leave'],
  ...['replica.request', 'lease.ask', 'clock.ask'],
];

const folders = readdirSync(ROOT);
const sources = Object.keys(LAYERS)
  .filter((folder) => folders.includes(folder))
  .flatMap(readFolder);
const tests = readFolder('test');
const all = [...sources, ...tests];
const within = (...names: string[]) => sources.filter(({ folder }) => names.includes(folder));

const imports = sources.flatMap((source) =>
  importsOf(source).map((one) => ({ ...one, folder: source.folder })),
);

describe('the layers', () => {
  test('every source file was found and has a folder with a rule', () => {
    expect(sources.length).toBeGreaterThan(70);
    expect(imports.length).toBeGreaterThan(300);
  });

  test('are imported downwards only', () => {
    const upwards = imports.filter(({ folder, to, isLocal }) => {
      if (!isLocal) return false;
      const { imports: allowed = [], ports = [] } = LAYERS[folder] ?? {};
      const [target = ''] = to.split('/');
      return ![folder, ...allowed].includes(target) && !ports.includes(to);
    });
    expect(upwards.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('that run in a page import no module of Node and no package but their own few', () => {
    const strange = imports.filter(({ folder, to, isLocal }) => {
      const inPage = ['protocol', 'machines', 'actors', 'simulation', 'conformance', 'visualizer'];
      if (isLocal || !inPage.includes(folder)) return false;
      return LAYERS[folder]?.packages?.test(to) !== true;
    });
    expect(strange.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('of traffic keep sockets, files and processes in few places, so that the rest bundles', () => {
    const impure = imports.filter(({ folder, to }) => folder === 'traffic' && /^node:/.test(to));
    expect([...new Set(impure.map(({ from }) => from))].sort()).toEqual([
      'traffic/sumo-files.ts',
      'traffic/sumo-program.ts',
      'traffic/sumo-street.ts',
      'traffic/sumo.ts',
      'traffic/traci-socket.ts',
    ]);
  });

  test('import files by a relative path that ends in .ts, and no file imports itself in a ring', () => {
    expect(imports.filter(({ to, isLocal }) => isLocal && !/\.(tsx?|json|css)$/.test(to))).toEqual(
      [],
    );
    expect(ring()).toEqual([]);
  });

  test('concerns do not import each other; machines/node.ts alone imports them', () => {
    const files = new Set(
      within('machines')
        .filter(
          ({ code, path }) => /export const \w+Machine\b/.test(code) && !path.endsWith('/node.ts'),
        )
        .map(({ path }) => path),
    );
    expect(files.size).toBe(Object.keys(concerns).length);
    const meddling = imports.filter(
      ({ from, to, isType }) =>
        files.has(to) && !isType && from.startsWith('machines/') && from !== 'machines/node.ts',
    );
    expect(meddling.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

/** The files of one ring of imports, if there is one. Types make no ring: they are erased. */
const ring = (): string[] => {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (state.get(path) === 'done') return [];
    if (state.get(path) === 'open') return [...trail, path];
    state.set(path, 'open');
    for (const { to, isLocal, isType } of imports.filter(({ from }) => from === path)) {
      const found = isLocal && !isType ? visit(to, [...trail, path]) : [];
      if (found.length > 0) return found;
    }
    state.set(path, 'done');
    return [];
  };
  for (const { path } of sources) {
    const found = visit(path, []);
    if (found.length > 0) return found;
  }
  return [];
};

describe('pure code', () => {
  const IMPURE = [
    ...[
      'Date\\.',
      'new Date\\b',
      'Math\\.random',
      'performance\\.',
      'setTimeout\\b',
      'setInterval\\b',
    ],
    ...['console\\.', 'process\\.', 'globalThis\\.', 'queueMicrotask\\b'],
  ];

  test.each(IMPURE)('in protocol and machines never says %s', (word) => {
    const found = within('protocol', 'machines').filter(({ bare }) =>
      new RegExp(`(?<![\\w.])${word}`).test(bare),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test.each([
    'sendTo',
    'sendParent',
    'forwardTo',
    'spawn',
    'spawnChild',
    'fromPromise',
    'async',
    'await',
  ])('in machines never says %s', (word) => {
    const found = within('machines').filter(({ code }) => new RegExp(`\\b${word}\\b`).test(code));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test.each(['invoke', 'fromCallback'])('in machines says %s in the supervisor alone', (word) => {
    const found = within('machines').filter(({ code }) => new RegExp(`\\b${word}\\b`).test(code));
    expect(found.map(({ path }) => path)).toEqual(['machines/node.ts']);
  });

  test('in actors and simulation asks no host for the time but by the clock it is given', () => {
    const found = within('actors', 'simulation', 'conformance').filter(
      ({ code, path }) =>
        /\b(Math\.random|console\.|process\.)/.test(code) ||
        (path !== 'actors/clock.ts' &&
          /(?<![\w.])(performance\.|setTimeout\(|new Date\b)/.test(code)),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe('every file', () => {
  const pathsOf = (found: readonly Source[]) => found.map(({ path }) => path);

  test('opens with a doc comment', () => {
    const silent = all.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text));
    expect(pathsOf(silent)).toEqual([]);
  });

  test('has named exports only, no type `any`, and nothing suppressed', () => {
    expect(pathsOf(all.filter(({ code }) => /^export default\b/m.test(code)))).toEqual([]);
    expect(pathsOf(all.filter(({ bare }) => /(:|<|\bas|\|)\s*any\b/.test(bare)))).toEqual([]);
    const suppressed = /@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/;
    const rest = all.filter(({ path }) => path !== 'test/tidy.test.ts');
    expect(pathsOf(rest.filter(({ text }) => suppressed.test(text)))).toEqual([]);
  });

  test('is named by a noun in kebab case, and not by what it is made of', () => {
    const misnamed = all.filter(({ path }) => {
      const name = basename(path).replace(/(\.test)?\.tsx?$/, '');
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ||
        ['index', 'utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc'].includes(name)
      );
    });
    expect(pathsOf(misnamed)).toEqual([]);
  });

  test('has lines of 100 columns, beyond which no word begins but in a long string', () => {
    const isLong = (line: string) => line.trimEnd().lastIndexOf(' ') >= 100;
    const isString = (line: string) => /['"`/].{30,}['"`/]/.test(line);
    const long = all.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, k) => (isLong(line) && !isString(line) ? [`${path}:${k + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });

  test('has at most 250 lines, but for those that have a reason; tables of tests, 400', () => {
    const linesOf = ({ text }: Source) => text.trimEnd().split('\n').length;
    const long = sources.filter((source) => linesOf(source) > 250);
    expect(pathsOf(long).filter((path) => LONGER[path] === undefined)).toEqual([]);
    // Those that machines gave are read case by case.
    const written = tests.filter(({ path }) => !path.startsWith('test/generated/'));
    expect(pathsOf(written.filter((source) => linesOf(source) > 400))).toEqual([]);
  });
});

describe('every event', () => {
  const heardBy = new Map<string, string[]>();
  const hears = (who: string, types: readonly string[]) => {
    for (const type of types) {
      // Its own delays are no events of the bus.
      if (!type.startsWith('xstate.')) heardBy.set(type, [...(heardBy.get(type) ?? []), who]);
    }
  };
  for (const [name, machine] of Object.entries(concerns)) hears(name, machine.events);
  hears('wire', [...wireHears, ...OF_WIRES]);
  hears('lamps', lampsHear);
  hears('clock', ['clock.wake', 'clock.ask']);
  hears('storage', storageHears);
  const known = [...Object.keys(messages), ...Object.keys(facts), ...REQUESTS];
  const said = new Set(
    within('machines', 'actors').flatMap(({ code }) =>
      [...code.matchAll(/type: '([a-z]+\.[a-zA-Z]+)'/g)].map(([, type]) => type),
    ),
  );

  test('that is said is declared, and heard by somebody, or meant for the journal alone', () => {
    const unheard = known.filter(
      (type) => !heardBy.has(type) && FOR_THE_JOURNAL[type] === undefined,
    );
    expect(unheard).toEqual([]);
    const heardAfterAll = Object.keys(FOR_THE_JOURNAL).filter((type) => heardBy.has(type));
    expect(heardAfterAll).toEqual([]);
  });

  test('that is heard is declared, and said by somebody', () => {
    expect([...heardBy.keys()].filter((type) => !known.includes(type))).toEqual([]);
    expect(known.filter((type) => !said.has(type))).toEqual([]);
  });

  test('that a machine looks for by name is one that its chart hears', () => {
    const named = Object.entries(concerns).flatMap(([name, { events }]) => {
      const source = within('machines').find(({ path }) => path === `machines/${name}.ts`);
      const found = source?.code.matchAll(/\bevent\.type [!=]== '([a-z]+\.[a-zA-Z]+)'/g) ?? [];
      const heard: readonly string[] = events;
      return [...found].map(([, type = '']) => ({ name, type, isHeard: heard.includes(type) }));
    });
    expect(named.length).toBeGreaterThan(150);
    expect(named.filter(({ isHeard }) => !isHeard)).toEqual([]);
  });

  test('is no machine’s own fact: a concern knows what it has said', () => {
    const own = Object.entries(concerns).flatMap(([name, { events }]) =>
      events.filter((type) => type.startsWith(`${name}.`) && Object.hasOwn(facts, type)),
    );
    expect(own).toEqual([]);
  });

  test('is named by its owner and one word', () => {
    const owners = [
      ...Object.keys(concerns),
      'wire',
      'storage',
      'clock',
      'lamps',
      'sensors',
      'node',
    ];
    for (const type of known) {
      expect(type).toMatch(/^[a-z]+\.[a-z][a-zA-Z]*$/);
      expect(owners).toContain(type.split('.')[0]);
    }
  });
});
