/**
 * Judges mutants of a machine by tests: several in one process, because to start one takes longer
 * than the tests do. Those that hang or take the process with them are found out and killed as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Mutation } from './mutations.ts';
import { ROOT } from './subjects.ts';
import type { MutantOrder } from './suite.ts';

/** Mutants in one process. */
const BATCH = 25;
/** The machine as it stands: if the tests fail on it, they say nothing of mutants. */
const CONTROL = 'control';
/** Longer than any of the tests takes: who says nothing so long hangs. In milliseconds. */
const SILENT_MS_MAX = 45_000;
const LOOK_EVERY_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** As it was built, whoever asks: a process of its own cannot run what is not. */
const runner = `${ROOT}dist/bench/mutation/run.js`;

export interface Trial {
  readonly machine: string;
  readonly mutations: readonly Mutation[];
  readonly tests: readonly string[];
  /** Processes at once. */
  readonly jobs: number;
}

/** Ends each process that runs. */
const running = new Set<() => void>();
const stop = () => {
  for (const end of running) end();
  process.exit(1);
};

/** Those that all tests pass on. */
export const survivorsOf = async (trial: Trial): Promise<readonly Mutation[]> => {
  const waiting = [...trial.mutations];
  const alive = new Set<string>();
  const work = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      const { lives, unjudged } = await judged(trial, batch);
      for (const { name } of lives) alive.add(name);
      waiting.unshift(...unjudged);
    }
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await Promise.all(Array.from({ length: trial.jobs }, work));
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
  return trial.mutations.filter(({ name }) => alive.has(name));
};

const judged = async ({ machine, tests }: Trial, batch: readonly Mutation[]) => {
  mkdirSync('.greenwave', { recursive: true });
  const folder = mkdtempSync(resolve('.greenwave', 'mutants-'));
  try {
    const journal = join(folder, 'journal');
    const order: MutantOrder = {
      replaced: `machines/${machine}.ts`,
      mutants: {
        ...Object.fromEntries(batch.map(({ source }, k) => [k, source])),
        [CONTROL]: readFileSync(`machines/${machine}.ts`, 'utf8'),
      },
      tests: tests.map((path) => resolve(path)),
      journal,
    };
    const path = join(folder, 'order.json');
    writeFileSync(path, JSON.stringify(order));
    await run(path, journal);
    return verdictsIn(readOr(journal), batch);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const readOr = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Ends when the process has, or has been silent for too long. */
const run = async (path: string, journal: string): Promise<void> => {
  const child = spawn(process.execPath, [runner, path], { stdio: 'ignore', detached: true });
  // With the process that the tests run in, which it started.
  const end = () => {
    if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL');
  };
  running.add(end);
  let last = { length: 0, atMs: Date.now() };
  const watch = setInterval(() => {
    const { length } = readOr(journal);
    if (length !== last.length) last = { length, atMs: Date.now() };
    else if (Date.now() - last.atMs > SILENT_MS_MAX) end();
  }, LOOK_EVERY_MS);
  await once(child, 'exit');
  clearInterval(watch);
  running.delete(end);
};

/** The last that began and came to no end has hung; those after it are still to be judged. */
const verdictsIn = (journal: string, batch: readonly Mutation[]) => {
  const lines = journal
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
  const idsOf = (word: string) =>
    new Set(lines.flatMap(([said, id]) => (said === word && id !== undefined ? [id] : [])));
  const [killed, lives] = [idsOf('killed'), idsOf('lives')];
  const last = lines.findLast(([said]) => said === 'begun')?.[1];
  if (last === undefined) throw new Error('the tests of mutants do not start');
  if (killed.has(CONTROL)) throw new Error('the tests fail on the machine as it stands');
  const isJudged = (k: number) =>
    [killed, lives].some((ids) => ids.has(String(k))) || String(k) === last;
  return {
    lives: batch.filter((_, k) => lives.has(String(k))),
    unjudged: batch.filter((_, k) => !isJudged(k)),
  };
};
