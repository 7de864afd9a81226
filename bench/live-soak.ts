/**
 * Measures the memory of the page, and of `greenwave up`, while a live district of real processes with
 * traffic is streamed to it for minutes, with every view looked at in turn.
 *
 * The page keeps what it heard, up to a stated number of lines that a small district does not say in
 * that time; so what is judged is how much each line costs. That what is kept is bounded, the other
 * measurement shows, which says as much as two hundred nodes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { readDistrict, shippedDistrict } from '../bin/read-district.ts';
import { launch } from './browser.ts';
import { heapOf, lookAtViews } from './page-soak.ts';

/** What a line that is kept may cost: a few short texts and numbers. In bytes. */
const LINE_BYTES_MAX = 600;

const program = fileURLToPath(new URL('../bin/greenwave.js', import.meta.url));

/** Ports of its own, so that it meets no district that runs here. */
const ownDistrict = (folder: string): string => {
  const port = 30_000 + (process.pid % 20_000);
  const { discovery, ...rest } = readDistrict(shippedDistrict);
  const file = join(folder, 'live.json');
  writeFileSync(
    file,
    JSON.stringify({ ...rest, discovery: { ...discovery, port, tcpPort: port } }),
  );
  return file;
};

/** What a process holds of memory, on Linux; nothing elsewhere. */
const residentMb = (pid: number): number => {
  try {
    const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb ?? Number.NaN) / 1e3;
  } catch {
    return Number.NaN;
  }
};

/** Measures, prints the figures, and tells whether the page keeps no more than its lines. */
export const soakLive = async (minutes: number): Promise<boolean> => {
  process.stderr.write(`a live district, streamed to the page for ${minutes} minutes …\n`);
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-soak-'));
  const args = ['up', ownDistrict(folder), '--json', '--page-port', '0'];
  const up = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let lines = 0;
  createInterface({ input: up.stdout }).on('line', () => {
    lines += 1;
  });
  const ended = once(up, 'exit');
  const browser = await launch();
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: up.stderr }).on('line', (line) => {
        const [, found] = /The page: (\S+)/.exec(line) ?? [];
        if (found) resolve(found);
      });
      void ended.then(() => reject(new Error('greenwave up has ended')));
    });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    await page.locator('[data-leader]:not([data-leader=""])').waitFor();
    const heapMb = await heapOf(page);
    await lookAtViews(page);
    const first = { lines, pageMb: await heapMb() };
    let lineBytes = Number.NaN;
    const table = new Table({
      head: ['minute', 'lines', 'page MB', 'bytes a line', 'greenwave up MB'],
      style: { head: [], border: [], compact: true },
    });
    for (let minute = 1; minute <= minutes; minute += 1) {
      await lookAtViews(page);
      const [pageMb, upMb] = [await heapMb(), residentMb(up.pid ?? 0)];
      lineBytes = ((pageMb - first.pageMb) * 1e6) / (lines - first.lines);
      table.push([minute, lines, pageMb.toFixed(1), lineBytes.toFixed(0), upMb.toFixed(0)]);
      process.stderr.write(`  ${minute} min, ${lines} lines, page ${pageMb.toFixed(1)} MB\n`);
    }
    process.stdout.write(`${table}\n`);
    return lineBytes <= LINE_BYTES_MAX;
  } finally {
    await browser.close();
    up.kill('SIGTERM');
    await ended.catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
};
