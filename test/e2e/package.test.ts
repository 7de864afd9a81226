/**
 * The package as its users get it: packed, installed in a project of their own without a network,
 * compiled against its types, and run with lamps of their own.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createJudge } from '../../protocol/judge.ts';
import type { Lamp } from '../../protocol/lamp.ts';
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
  const file = join(project, 'district.json');
  const district = JSON.parse(readFileSync(file, 'utf8'));
  // No other district of this run meets it.
  writeFileSync(file, JSON.stringify({ ...district, discovery: { port: discoveryPort(15) } }));
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

/** A program of the example. */
const start = (program: string) => {
  const child: ChildProcess = spawn(process.execPath, [`dist/${program}.js`], {
    cwd: project,
    env: { ...process.env, XDG_STATE_HOME: join(project, 'state') },
  });
  let said = '';
  child.stdout?.on('data', (bytes) => {
    said += bytes;
  });
  child.stderr?.on('data', (bytes) => {
    said += bytes;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    said: () => said,
    says: (text: string) => vi.waitFor(() => expect(said).toContain(text), 20_000),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      return (await ended)[0] as number | null;
    },
  };
};

/** What the driver of the example printed, line by line. */
const lampsIn = (said: string): Record<string, Lamp>[] =>
  [...said.matchAll(/^x1: (.* (?:red|green|amber|flashing).*)$/gm)].map(([, heads = '']) =>
    Object.fromEntries(heads.split(', ').map((head) => head.split(' ') as [string, Lamp])),
  );

test('a node in a program of its own runs its stages on bulbs of its own, and ends in red', async () => {
  const lamps = start('lamps');
  await lamps.says('x1: every bulb follows');
  const node = start('node');
  await node.says('n1 leads');
  await node.says('stage ew');
  await lamps.says('EW green');
  expect(await node.stop()).toBe(0);
  expect(await lamps.stop()).toBe(0);
  const shown = lampsIn(lamps.said());
  expect(shown.at(-1)).toEqual({ NS: 'red', EW: 'red', walk: 'red' });
  const { intersections } = JSON.parse(readFileSync(join(project, 'district.json'), 'utf8'));
  const judge = createJudge(intersections);
  // The example prints no instants: what is lit at once is judged, not for how long.
  for (const [k, one] of shown.entries()) {
    judge.see({ t: k * 10_000, intersection: 'x1', lamps: one });
  }
  expect(judge.verdict().unsafe.filter(({ message }) => message.includes('with'))).toEqual([]);
  expect(node.said()).not.toContain('refused');
});
