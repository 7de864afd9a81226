/**
 * What every command does on its host: prints lines, hears signals, starts processes of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
