/**
 * What every command does on its host: prints lines, hears signals, starts processes of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JournalLine } from '../protocol/journal.ts';

/** Prints lines until nobody reads any more; what runs does not depend on who watches. */
export const printer = (): ((line: string) => void) => {
  let isRead = true;
  process.stdout.on('error', () => {
    isRead = false;
  });
  return (line) => {
    if (isRead) process.stdout.write(`${line}\n`);
  };
};

/** Prints journal lines as JSON. */
export const jsonPrinter = (): ((line: JournalLine) => void) => {
  const print = printer();
  return (line) => print(JSON.stringify(line));
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

/** Starts another `greenwave` command as a process of its own. */
export const startGreenwave = (
  args: readonly string[],
  options: Parameters<typeof spawn>[2],
): ChildProcess => spawn(process.execPath, [program, ...args], options);
