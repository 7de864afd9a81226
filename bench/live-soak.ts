/**
 * Measures the memory of the page, and of `greenwave up`, while a live district of real processes with
 * traffic is streamed to it for minutes, with every view looked at in turn.
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
import { hasGrown, heapOf, lookAtViews } from './page-soak.ts';

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

/** Measures, prints the figures, and tells whether the memory of the page grew. */
export const soakLive = async (minutes: number): Promise<boolean> => {
  process.stderr.write(`a live district, streamed to the page for ${minutes} minutes …\n`);
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-soak-'));
  const up = spawn(process.execPath, [program, 'up', ownDistrict(folder), '--page-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(up, 'exit');
  const browser = await launch();
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: up.stdout }).on('line', (line) => {
        const [, found] = /The page: (\S+)/.exec(line) ?? [];
        if (found) resolve(found);
      });
      void ended.then(() => reject(new Error('greenwave up has ended')));
    });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    await page.locator('[data-leader]:not([data-leader=""])').waitFor();
    const heapMb = await heapOf(page);
    const samples = [];
    const table = new Table({
      head: ['minute', 'page MB', 'greenwave up MB'],
      style: { head: [], border: [], compact: true },
    });
    for (let minute = 1; minute <= minutes; minute += 1) {
      await lookAtViews(page);
      const sample = { pageMb: await heapMb(), upMb: residentMb(up.pid ?? 0) };
      samples.push(sample);
      table.push([minute, sample.pageMb.toFixed(1), sample.upMb.toFixed(0)]);
      process.stderr.write(`  ${minute} min, page ${sample.pageMb.toFixed(1)} MB\n`);
    }
    process.stdout.write(`${table}\n`);
    return !hasGrown(samples);
  } finally {
    await browser.close();
    up.kill('SIGTERM');
    await ended.catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
};
