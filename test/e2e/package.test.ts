/**
 * The package as its users get it: packed, installed in a project of their own without a network,
 * compiled against its types, and run with lamps of their own.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { DistrictFile } from '../../protocol/district.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import { blocksOf } from '../docs/blocks.ts';
import { discoveryPort } from './processes.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
/** Of the tarball: most of it lays out statecharts in the page. */
const PACKED_BYTES_MAX = 2_000_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let project: string;
let packed: Packed;

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const run = (command: string, args: readonly string[], cwd = project): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'greenwave-package-'));
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  // npm 11 lists what it packed by name, those before in a row.
  [packed] = Object.values(JSON.parse(run('npm', pack, ROOT)) as Record<string, Packed>) as [
    Packed,
  ];
  cpSync(join(ROOT, 'docs/example'), project, { recursive: true });
  const mine = (name: string) => join(ROOT, 'node_modules', name);
  const wanted = [...Object.keys(manifest.dependencies), 'typescript', '@types/node'].map(mine);
  const install = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  run('npm', [...install, `./${packed.filename}`, ...wanted]);
  const [readme = ''] = blocksOf('README.md', 'ts');
  const [parts = ''] = blocksOf('docs/example/README.md', 'ts');
  writeFileSync(join(project, 'readme.ts'), readme);
  writeFileSync(join(project, 'parts.ts'), parts);
}, 60_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('what is packed is what runs: no tests, no measurements, no maps of sources that are not there', () => {
  const paths = packed.files.map(({ path }) => path);
  const strange = /^(test|bench|node_modules|\.)|^dist\/(bench|test)\/|\.map$|(?<!\.d)\.ts$/;
  const examples = /^docs\/example\//;
  expect(paths.filter((path) => strange.test(path) && !examples.test(path))).toEqual([]);
  for (const path of [
    ...['README.md', 'LICENSE', 'CHANGELOG.md', 'districts/arterial.json', 'docs/OPERATIONS.md'],
    ...['dist/library/greenwave.js', 'dist/library/greenwave.d.ts', 'dist/bin/greenwave.js'],
    ...['protocol/schema/district.json', 'docs/example/node.ts'],
  ]) {
    expect(paths).toContain(path);
  }
  expect(packed.size).toBeLessThan(PACKED_BYTES_MAX);
});

test('the example compiles against the types of the package, and its city is safe', () => {
  run('npm', ['run', 'build']);
  expect(run('node', ['dist/city.js'])).toMatch(
    /^ten minutes, \d{2,} changes of lamps, 0 unsafe\n$/,
  );
});

test('its commands are there, and its files by the paths that it exports', () => {
  expect(run('node_modules/.bin/greenwave', ['--help'])).toContain('Usage: greenwave');
  const look = `
    const files = ['districts/arterial.json', 'schema/district.json', 'package.json'];
    for (const file of files) console.log(import.meta.resolve('greenwave/' + file));
    await import('greenwave/dist/bin/level-store.js').catch(({ code }) => console.log(code));`;
  const said = run('node', ['--input-type=module', '--eval', look]).trim().split('\n');
  expect(said).toHaveLength(4);
  expect(said[1]).toMatch(/protocol\/schema\/district\.json$/);
  expect(said[3]).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

/** A program of the example or of a page, in a folder with a district that no other one meets. */
const start = (program: string, home: string) => {
  const child: ChildProcess = spawn(process.execPath, [join(project, 'dist', `${program}.js`)], {
    cwd: home,
    env: { ...process.env, XDG_STATE_HOME: join(home, 'state') },
  });
  let said = '';
  child.stdout?.on('data', (bytes) => {
    said += bytes;
  });
  child.stderr?.on('data', (bytes) => {
    said += bytes;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    said: () => said,
    says: (text: string) => vi.waitFor(() => expect(said).toContain(text), 30_000),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
};

const example: DistrictFile = JSON.parse(
  readFileSync(join(ROOT, 'docs/example/district.json'), 'utf8'),
);

/** A folder with the district of the example, at a place of its own. */
const home = (name: string, place: number): string => {
  const folder = join(project, name);
  mkdirSync(folder);
  const district = { ...example, discovery: { port: discoveryPort(place) } };
  writeFileSync(join(folder, 'district.json'), JSON.stringify(district));
  return folder;
};

/** What the driver of the example printed, line by line. */
const lampsIn = (said: string): Record<string, Lamp>[] =>
  [...said.matchAll(/^x1: (.* (?:red|green|amber|flashing).*)$/gm)].map(([, heads = '']) =>
    Object.fromEntries(heads.split(', ').map((head) => head.split(' ') as [string, Lamp])),
  );

/** Its node and its lamps, each a program. */
const playExample = async () => {
  const folder = home('embedded', 15);
  const lamps = start('lamps', folder);
  await lamps.says('x1: every bulb follows');
  const node = start('node', folder);
  await node.says('n1 leads');
  await node.says('stage ew');
  await lamps.says('EW green');
  expect(await node.stop()).toBe(0);
  expect(await lamps.stop()).toBe(0);
  expect(node.said()).not.toContain('refused');
  const shown = lampsIn(lamps.said());
  expect(shown.at(-1)).toEqual({ NS: 'red', EW: 'red', walk: 'red' });
  const lit = shown.filter(
    ({ NS, EW, walk }) => EW === 'green' && (NS !== 'red' || walk !== 'red'),
  );
  expect(lit).toEqual([]);
};

/** What README shows. */
const playReadme = async () => {
  const readme = start('readme', home('readme', 14));
  expect(await readme.ended, readme.said()).toBe(0);
  expect(readme.said()).toMatch(/^0 rules broken in a minute\n\[[^\]]*'election.claim'/);
};

/** A node made of its parts, with lamps that no driver guards. */
const playParts = async () => {
  const parts = start('parts', home('parts', 13));
  await parts.says('n1 leads');
  await parts.says('NS green\n');
  expect(await parts.ended, parts.said()).toBe(0);
  expect(parts.said()).toMatch(/NS green\n(.*\n)*NS amber\n(.*\n)*NS red\n/);
};

test('nodes in programs of their own run their stages on lamps of their own, as the pages show', async () => {
  await Promise.all([playExample(), playReadme(), playParts()]);
});
