/** Revival: what crashed is started again, ever more rarely, never given up; what was ended stays so. */
import { describe, expect, test } from 'vitest';
import { type RestartAfter, Revival } from '../../bin/revival.ts';

/** A supervisor whose time passes as it is told. */
const supervisor = (after: RestartAfter, random = () => 0) => {
  const starts: { node: string; waitMs: number }[] = [];
  let nowMs = 0;
  const revival = new Revival({
    after,
    random,
    now: () => nowMs,
    start: (node) => {
      starts.push({ node, waitMs: Number.NaN });
      revival.started(node);
    },
    later: (act, ms) => {
      nowMs += ms;
      act();
      Object.assign(starts.at(-1) ?? {}, { waitMs: ms });
    },
  });
  const end = (code: number | null, signal: NodeJS.Signals | null = null, ranMs = 100) => {
    nowMs += ranMs;
    return revival.ended({ name: 'n1', code, signal, complaints: [] });
  };
  revival.started('n1');
  return { revival, starts, end };
};

const waits = ({ starts }: ReturnType<typeof supervisor>) => starts.map(({ waitMs }) => waitMs);

describe('by default', () => {
  test('waits twice as long after each crash, half a minute at most, and never gives up', () => {
    const run = supervisor(undefined);
    for (let crash = 0; crash < 100; crash += 1) run.end(4);
    expect(waits(run).slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(waits(run)).toHaveLength(100);
    expect(Math.max(...waits(run))).toBe(30_000);
  });

  test('draws up to half of it by lot, so that not all are started at one moment', () => {
    let lot = 0;
    const run = supervisor(undefined, () => {
      lot += 0.25;
      return lot;
    });
    for (let crash = 0; crash < 3; crash += 1) run.end(4);
    expect(waits(run)).toEqual([500 * 0.875, 1000 * 0.75, 2000 * 0.625]);
  });

  test('begins anew with one that has run for a minute', () => {
    const run = supervisor(undefined);
    for (let crash = 0; crash < 5; crash += 1) run.end(1);
    run.end(4, null, 60_000);
    run.end(4);
    expect(waits(run).slice(5)).toEqual([500, 1000]);
  });

  test.each<[string, number | null, NodeJS.Signals | null]>([
    ['was killed', null, 'SIGKILL'],
    ['was asked to end', null, 'SIGTERM'],
    ['ended well', 0, null],
    ['was told something wrong', 2, null],
    ['found another of its name', 3, null],
  ])('leaves a node as it is that %s', (_, code, signal) => {
    const run = supervisor(undefined);
    expect(run.end(code, signal)).toBeUndefined();
    expect(run.starts).toEqual([]);
  });

  test.each<NodeJS.Signals>(['SIGSEGV', 'SIGABRT', 'SIGBUS'])('takes %s for a crash', (signal) => {
    const run = supervisor(undefined);
    expect(run.end(null, signal)).toBe('it is started again in 0.5 s');
  });
});

test('with --restart everything is started again after so long, but mistakes', () => {
  const run = supervisor(5);
  for (const end of [() => run.end(null, 'SIGKILL'), () => run.end(0), () => run.end(4)]) end();
  for (const code of [2, 3]) expect(run.end(code)).toBeUndefined();
  expect(waits(run)).toEqual([5000, 5000, 5000]);
});

test('with --no-restart nothing is', () => {
  expect(supervisor(false).end(4)).toBeUndefined();
});

test('at the end nothing is', () => {
  const run = supervisor(undefined);
  run.revival.stop();
  expect(run.end(4)).toBeUndefined();
});
