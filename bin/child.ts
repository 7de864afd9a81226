/** A process that is watched over: what it complains of, and its end. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Lines of a process's standard error kept, to be shown when it fails. */
const STDERR_LINES_MAX = 20;

/** How a process ended. */
export interface Ended {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly complaints: readonly string[];
}

/** The last lines of its standard error; the list grows as they come. */
export const complaintsOf = ({ stderr }: ChildProcess): readonly string[] => {
  const complaints: string[] = [];
  if (stderr) {
    createInterface({ input: stderr }).on('line', (text) => {
      complaints.push(text);
      if (complaints.length > STDERR_LINES_MAX) complaints.shift();
    });
  }
  return complaints;
};

/** Asks it to stop, if there is one; ends it when it does not within so long. */
export const stopChild = (child: ChildProcess | undefined, limitMs: number): Promise<void> =>
  new Promise((resolve) => {
    if (!child) return resolve();
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.on('close', () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill('SIGTERM');
  });

/** However this process ends by itself, at a second Ctrl-C too: none of these is left behind. */
export const leaveNone = (children: ReadonlyMap<string, ChildProcess>): void => {
  // First of all: another listener ends this process at once (`greenwave.ts`).
  process.prependOnceListener('exit', () => {
    for (const child of children.values()) child.kill('SIGTERM');
  });
};
