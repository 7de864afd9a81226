/**
 * A stranger floods real nodes with twenty thousand datagrams a second, noise, well-formed words and
 * recordings by turns: nobody is suspected, nobody is elected, and no lamp is late.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { createJudge } from '../../protocol/judge.ts';
import { discoveryDefault } from '../../protocol/timing.ts';
import { crossroads } from './crossroads.ts';
import { startDistrict } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const bench = new Bench();
afterAll(() => bench.clear());

const A_SECOND = 20_000;
const SECONDS = 20;
/** A tick of the kernel, in which processor time is told. */
const TICK_MS = 10;

const flooder = fileURLToPath(new URL('./flooder.mjs', import.meta.url));

const flood = (port: number): ChildProcess =>
  spawn(
    process.execPath,
    [flooder, `${port}`, discoveryDefault.address, `${A_SECOND}`, `${SECONDS}`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

/** Processor time of a process so far. In milliseconds. */
const cpuMsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

/** How long each amber was shown, by the monotonic clock of the driver's host. In milliseconds. */
const ambersOf = ({ lines }: Process, since: number) => {
  const began = new Map<string, number>();
  const lasted: number[] = [];
  for (const line of lines.slice(since)) {
    if (line.kind !== 'lamps' || line.nowMs === undefined) continue;
    for (const [group, lamp] of Object.entries(line.lamps)) {
      const name = `${line.intersection} ${group}`;
      const from = began.get(name);
      if (lamp === 'amber' && from === undefined) began.set(name, line.nowMs);
      if (lamp !== 'amber' && from !== undefined) {
        lasted.push(line.nowMs - from);
        began.delete(name);
      }
    }
  }
  return lasted;
};

test.skipIf(process.platform !== 'linux')(
  'a flood of a stranger causes no suspicion and no election, and no lamp is late',
  async () => {
    const key = bench.path('town.key');
    expect(await bench.start('key', key).ended()).toBe(0);
    const port = discoveryPort(4);
    const keys = () => ['--key-file', key];
    const run = await startDistrict(bench, crossroads(3, port, 'flooded'), keys);
    const nodes = [...run.nodes.values()];
    const marks = nodes.map(({ lines }) => lines.length);
    const lampsSince = run.lamps.lines.length;
    const before = nodes.map(({ pid }) => cpuMsOf(pid));
    const startedMs = performance.now();
    const stranger = flood(port);
    let said = '';
    stranger.stdout?.on('data', (data) => {
      said += String(data);
    });
    await once(stranger, 'close');
    const told = JSON.parse(said) as { sent: number; recorded: number; seconds: number };
    const shares = nodes.map(
      ({ pid }, k) => ((cpuMsOf(pid) - (before[k] ?? 0)) / (performance.now() - startedMs)) * 100,
    );
    const rate = Math.round(told.sent / told.seconds);
    process.stdout.write(
      `flood: ${rate} datagrams a second for ${SECONDS} s, of these ${told.recorded} recorded; ` +
        `nodes took ${shares.map((share) => `${share.toFixed(0)} %`).join(', ')} of a processor\n`,
    );
    expect(told.recorded).toBeGreaterThan(10);
    expect(rate).toBeGreaterThan(A_SECOND / 2);
    for (const [k, { lines }] of nodes.entries()) {
      const facts = lines
        .slice(marks[k])
        .flatMap((line) => (line.kind === 'fact' ? [line.event] : []));
      const changes = facts.filter(({ type }) =>
        /^(election|membership|detector|merge|genesis)\./.test(type),
      );
      expect(changes).toEqual([]);
      const refusals = lines.slice(marks[k]).filter(({ kind }) => kind === 'refused');
      // Each reason once a second at most.
      expect(refusals.length).toBeGreaterThan(2);
      expect(refusals.length).toBeLessThan(5 * (SECONDS + 5));
    }
    // An amber lasts a second, whatever happens: what it lasted longer or shorter, a lamp was late.
    // There are too few of them for a percentile: none at all is to be late.
    const lateMs = ambersOf(run.lamps, lampsSince)
      .map((ms) => Math.abs(ms - 1000))
      .sort((a, b) => a - b);
    const mostMs = lateMs.at(-1) ?? Number.NaN;
    process.stdout.write(
      `lamps: ${lateMs.length} ambers, late p50 ${lateMs[lateMs.length >> 1]?.toFixed(1)} ms, at most ${mostMs.toFixed(1)} ms\n`,
    );
    expect(lateMs.length).toBeGreaterThan(5);
    expect(mostMs).toBeLessThan(100);
    const judge = createJudge(run.district.intersections);
    for (const line of run.lamps.lines) if (line.kind === 'lamps') judge.see(line);
    expect(judge.verdict().unsafe).toEqual([]);
  },
  120_000,
);
