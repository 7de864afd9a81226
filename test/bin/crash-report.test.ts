/** Crash reports: what they tell, who may read them, and that they never fill a disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Crash, LastLines, REPORTS_MAX, writeReport } from '../../bin/crash-report.ts';
import { VERSION } from '../../bin/version.ts';
import type { JournalLine } from '../../protocol/journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (t: number, message = 'x'): JournalLine => ({ t, node: 'n1', kind: 'error', message });

const crash = (more: Partial<Crash> = {}): Crash => ({
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  name: 'n1',
  version: VERSION,
  how: 'uncaughtException',
  error: new Error('broken'),
  lines: [line(1)],
  ...more,
});

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

test('a report tells what was thrown, when and where, and what went before', () => {
  const inner = join(folder, 'deep', 'crashes');
  const path = writeReport(inner, crash());
  expect(read(path)).toEqual({
    time: '2026-01-02T03:04:05.006Z',
    name: 'n1',
    version: VERSION,
    node: process.version,
    pid: process.pid,
    upS: expect.any(Number),
    how: 'uncaughtException',
    error: {
      name: 'Error',
      message: 'broken',
      stack: expect.stringContaining('crash-report.test'),
    },
    memory: expect.objectContaining({ heapUsed: expect.any(Number), rss: expect.any(Number) }),
    lines: [line(1)],
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(inner).mode & 0o777).toBe(0o700);
});

test.each<[unknown, object]>([
  ['a word', { name: 'string', message: 'a word' }],
  [undefined, { name: 'undefined', message: 'undefined' }],
  [new TypeError('wrong'), { name: 'TypeError', message: 'wrong' }],
])('anything may be thrown: %s', (error, told) => {
  expect(read(writeReport(folder, crash({ error }))).error).toMatchObject(told);
});

test('so many are kept and no more, the newest; what is not a report stays', () => {
  writeFileSync(join(folder, 'notes.json'), '{}');
  for (let k = 0; k < REPORTS_MAX + 5; k += 1)
    writeReport(folder, crash({ atMs: 1e12 + k * 1000 }));
  const kept = readdirSync(folder).filter((name) => name.startsWith('crash-'));
  expect(kept).toHaveLength(REPORTS_MAX);
  const first = read(join(folder, kept.sort()[0] ?? ''));
  expect(first.time).toBe(new Date(1e12 + 5_000).toISOString());
  expect(readdirSync(folder)).toContain('notes.json');
});

test('of a journal the last two hundred lines are kept, and a million characters', () => {
  const lines = new LastLines();
  for (let t = 0; t < 1_000; t += 1) lines.keep(line(t));
  expect(lines.last().map(({ t }) => t)).toEqual(Array.from({ length: 200 }, (_, k) => 800 + k));
  for (let t = 0; t < 200; t += 1) lines.keep(line(t, 'x'.repeat(90_000)));
  expect(lines.last().map(({ t }) => t)).toEqual(Array.from({ length: 11 }, (_, k) => 189 + k));
});

test('the version is that of the package', () => {
  const file = new URL('../../package.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8')).version).toBe(VERSION);
});
