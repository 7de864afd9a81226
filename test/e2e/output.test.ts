/** A process whose output nobody reads: it goes on, needs no more memory, and tells later what is missing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';

const host = new URL('../../dist/bin/host.js', import.meta.url).href;

/** Prints forty megabytes, as fast as a hundred busy nodes in minutes, and its beats to stderr. */
const program = `
  const { liveJsonPrinter } = await import(${JSON.stringify(host)});
  const print = liveJsonPrinter();
  let lines = 0;
  let [last, worstMs] = [performance.now(), 0];
  const beat = setInterval(() => {
    const now = performance.now();
    worstMs = Math.max(worstMs, now - last);
    last = now;
    for (let k = 0; k < 400; k += 1) {
      lines += 1;
      print({ t: lines, node: 'n1', kind: 'error', message: 'x'.repeat(1000) });
    }
    if (lines < 40_000) return;
    clearInterval(beat);
    const mb = process.stdout.writableLength / 1e6;
    process.stderr.write(JSON.stringify({ lines, worstMs, mb }) + '\\n');
    process.on('SIGUSR2', () => {
      lines += 1;
      print({ t: lines, node: 'n1', kind: 'error', message: 'last' });
    });
    setInterval(() => {}, 1000);
  }, 5);
`;

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

test('output that nobody reads stops no beat and is bounded; who reads again is told what is missing', async () => {
  const flags = ['--input-type=module', '-e', program];
  child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('no pipes');
  const [told] = await once(createInterface({ input: stderr }), 'line');
  const { lines, worstMs, mb } = JSON.parse(String(told));
  expect(lines).toBe(40_000);
  expect(mb).toBeLessThan(5);
  // To be blocked would have been for ever; a busy machine is late all the same.
  expect(worstMs).toBeLessThan(2_000);
  const heard: { t: number; message: string }[] = [];
  const reader = createInterface({ input: stdout });
  reader.on('line', (text) => heard.push(JSON.parse(text)));
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBeGreaterThan(3_000);
  await expect
    .poll(
      () => {
        child?.kill('SIGUSR2');
        return heard.at(-1)?.message;
      },
      { timeout: 20_000 },
    )
    .toBe('last');
  const missing = heard.find(({ message }) => message.includes('are missing'));
  // The first lines of those that were asked for may have been dropped too.
  const printed = heard.at(-1)?.t ?? 0;
  expect(missing?.message).toBe(
    `${printed - (heard.length - 1)} lines of this journal are missing: they were not read in time`,
  );
}, 60_000);
