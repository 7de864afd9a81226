/**
 * What becomes of an error that nobody caught: whatever is to be safe is made safe, a report is
 * written, and the process ends with an exit code of its own. It does not go on, because after such
 * an error nobody knows what still holds.
 */
import { join } from 'node:path';
import { Option } from 'commander';
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { type Crash, LastLines, writeReport } from './crash-report.ts';
import { latchFolder } from './latch-folder.ts';
import { VERSION } from './version.ts';

/** The exit code of a process that crashed. */
export const CRASHED = 4;

/** `--crashes`, of every command that runs for long. */
export const crashesOption = (): Option =>
  new Option(
    '--crashes <dir>',
    "folder of reports of crashes (default: of this district, in the user's state)",
  );

/** Where reports of a district are kept when nobody says where. */
export const crashFolder = (district: District): string => join(latchFolder(district), 'crashes');

export interface Guarded {
  /** Whose process it is. */
  readonly name: string;
  readonly folder: string;
  /** Makes safe what this process has in its hands. */
  readonly safe?: (reason: string) => void;
  /** Told what happened, and where the report is. */
  readonly tell: (message: string) => void;
}

/** From now on, such errors end this process. Gives what is to be told each line of its journal. */
export const guard = ({ name, folder, safe, tell }: Guarded): ((line: JournalLine) => void) => {
  const lines = new LastLines();
  let hasCrashed = false;
  const crash = (how: Crash['how'], error: unknown) => {
    // What fails on the way to the end must not keep it from ending.
    if (hasCrashed) process.exit(CRASHED);
    hasCrashed = true;
    const reason = error instanceof Error ? error.message : String(error);
    attempt(() => safe?.(`its process crashed: ${reason}`));
    const written = { atMs: Date.now(), name, version: VERSION, how, error, lines: lines.last() };
    const where =
      attempt(() => `the report is ${writeReport(folder, written)}`) ??
      `no report could be written to ${folder}`;
    attempt(() => tell(`${name} crashed: ${reason}; ${where}`));
    process.exit(CRASHED);
  };
  process.on('uncaughtException', (error) => crash('uncaughtException', error));
  process.on('unhandledRejection', (error) => crash('unhandledRejection', error));
  return (line) => lines.keep(line);
};

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {
    return undefined;
  }
};
