/**
 * What every command does on its host: prints lines, hears signals, starts processes of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { JournalLine } from '../protocol/journal.ts';

/** Prints lines until nobody reads any more; what runs does not depend on who watches. */
export const printer = (): ((line: string) => void) => printerOn(process.stdout);

const printerOn = (stream: Writable) => {
  let isRead = true;
  stream.on('error', () => {
    isRead = false;
  });
  return (line: string) => {
    if (isRead) stream.write(`${line}\n`);
  };
};

/** What may wait for who reads slowly. Beyond, lines are dropped. In bytes. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/** Words that so many lines were dropped. */
export type Missed = (lines: number) => string;

const inWords: Missed = (lines) => `… ${lines} lines are missing: they were not read in time`;

/** The same as a line of a journal. */
export const missedIn =
  (node: () => string): Missed =>
  (lines) => {
    const message = `${lines} lines of this journal are missing: they were not read in time`;
    return JSON.stringify({ t: Date.now(), node: node(), kind: 'error', message });
  };

/**
 * Prints what runs live and waits for nobody: who does not keep up loses lines, because to keep them
 * for him would take all memory. He is told how many as soon as he reads again.
 */
export const livePrinter = (
  missed: Missed = inWords,
  stream: Writable = process.stdout,
): ((line: string) => void) => {
  const print = printerOn(stream);
  let lost = 0;
  return (line) => {
    // Once some are lost, there is to be room for many before the next.
    const most = lost === 0 ? WAITING_BYTES_MAX : WAITING_BYTES_MAX / 2;
    if (stream.writableLength > most) {
      lost += 1;
      return;
    }
    if (lost > 0) print(missed(lost));
    lost = 0;
    print(line);
  };
};

/** Prints journal lines as JSON. */
export const jsonPrinter = (): ((line: JournalLine) => void) => {
  const print = printer();
  return (line) => print(JSON.stringify(line));
};

/** The same of what runs live. */
export const liveJsonPrinter = (): ((line: JournalLine) => void) => {
  let node = '';
  const print = livePrinter(missedIn(() => node));
  return (line) => {
    node = line.node;
    print(JSON.stringify(line));
  };
};

/** Calls `stop` at the first SIGINT, SIGTERM or SIGHUP; at the second the process ends at once. */
export const onStopSignal = (stop: () => void): void => {
  let isStopping = false;
  const signalled = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    stop();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, signalled);
};

const program = fileURLToPath(new URL('./greenwave.js', import.meta.url));

/** Starts another `greenwave` command as a process of its own; `flags` are for Node itself. */
export const startGreenwave = (
  args: readonly string[],
  options: Parameters<typeof spawn>[2],
  flags: readonly string[] = [],
): ChildProcess => spawn(process.execPath, [...flags, program, ...args], options);

/**
 * Runs this very command again in a process with these flags of Node, which cannot be changed later;
 * gives its exit code. Undefined, when this process has them.
 */
export const rerunWith = async (flags: readonly string[]): Promise<number | undefined> => {
  if (flags.every((flag) => process.execArgv.includes(flag))) return undefined;
  const child = startGreenwave(process.argv.slice(2), { stdio: 'inherit' }, flags);
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, forward);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
};
