/**
 * A stranger floods real nodes, with keys and without: twenty thousand datagrams a second, noise,
 * well-formed words and recordings by turns, or hundreds of connections. Nobody is suspected, nobody
 * is elected, and no lamp is late.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '../../protocol/event.ts';
import { createJudge } from '../../protocol/judge.ts';
import { discoveryDefault } from '../../protocol/timing.ts';
import { crossroads } from './crossroads.ts';
import { type Running, startDistrict } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const bench = new Bench();
afterAll(() => bench.clear());

/** How many a second. The stranger himself can make no more connections on one core. */
const RATES = { datagrams: 20_000, connections: 500 };
const SECONDS = 10;
/** A tick of the kernel, in which processor time is told. */
const TICK_MS = 10;

const flooder = fileURLToPath(new URL('./flooder.mjs', import.meta.url));

interface Told {
  readonly sent: number;
  readonly recorded: number;
  readonly seconds: number;
}

const flooded = async (port: number, rate: number, doors: readonly string[]): Promise<Told> => {
  const args = [flooder, port, discoveryDefault.address, rate, SECONDS].map(String);
  const stranger = spawn(process.execPath, [...args, ...doors], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  stranger.stdout?.on('data', (data) => {
    said += String(data);
  });
  await once(stranger, 'close');
  return JSON.parse(said);
};

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

const isChange = ({ type }: Fact): boolean =>
  /^(election|membership|detector|merge|genesis)\./.test(type);

describe.skipIf(process.platform !== 'linux').each([
  ['with keys', 4],
  ['without keys', 5],
] as const)('nodes %s', (which, place) => {
  const port = discoveryPort(place);
  let run: Running;
  let doors: string[];
  beforeAll(async () => {
    const key = bench.path(`${place}.key`);
    expect(await bench.start('key', key).ended()).toBe(0);
    const keys = which === 'with keys' ? ['--key-file', key] : [];
    run = await startDistrict(bench, crossroads(3, port, `flooded-${place}`), () => keys);
    const status = bench.start('status', run.file, '--json', ...keys);
    expect(await status.ended()).toBe(0);
    const { nodes } = JSON.parse(status.stdout) as { nodes: { address: string }[] };
    doors = nodes.map(({ address }) => address.split(':')[1] ?? '');
    expect(doors).toHaveLength(3);
  }, 60_000);

  test.each(['datagrams', 'connections'] as const)(
    'that a stranger floods with %s suspect nobody, elect nobody, and no lamp is late',
    async (way) => {
      const nodes = [...run.nodes.values()];
      const marks = nodes.map(({ lines }) => lines.length);
      const lampsSince = run.lamps.lines.length;
      const before = nodes.map(({ pid }) => cpuMsOf(pid));
      const startedMs = performance.now();
      const told = await flooded(port, RATES[way], way === 'datagrams' ? [] : doors);
      const passedMs = performance.now() - startedMs;
      const shares = nodes.map(
        ({ pid }, k) => ((cpuMsOf(pid) - (before[k] ?? 0)) / passedMs) * 100,
      );
      const rate = Math.round(told.sent / told.seconds);
      process.stdout.write(
        `${rate} ${way} a second for ${SECONDS} s, ${told.recorded} words recorded before; nodes ${which} ` +
          `took ${shares.map((share) => `${share.toFixed(0)} %`).join(', ')} of a processor\n`,
      );
      expect(told.recorded).toBeGreaterThan(10);
      expect(rate).toBeGreaterThan(RATES[way] / 2);
      for (const [k, { lines }] of nodes.entries()) {
        const since = lines.slice(marks[k]);
        const facts = since.flatMap((line) => (line.kind === 'fact' ? [line.event] : []));
        expect(facts.filter(isChange)).toEqual([]);
        // Each reason once a second at most.
        const refusals = since.filter(({ kind }) => kind === 'refused' || kind === 'error');
        expect(refusals.length).toBeGreaterThan(0);
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
      expect(lateMs.length).toBeGreaterThan(2);
      expect(mostMs).toBeLessThan(100);
      const judge = createJudge(run.district.intersections);
      for (const line of run.lamps.lines) if (line.kind === 'lamps') judge.see(line);
      expect(judge.verdict().unsafe).toEqual([]);
    },
    120_000,
  );
});
