/**
 * Reports of crashes: a file for each, from which somebody who was not there can tell what happened.
 * A report is made of named things alone: the error, the journal's last lines, memory. Arguments,
 * environment and files are in none, so no key can be.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine } from '../protocol/journal.ts';

/** Reports kept in one folder; the oldest go first. */
export const REPORTS_MAX = 20;
/** Journal lines in one report. */
export const LINES_MAX = 200;
/** Characters of these lines: what messages say may be long. */
const LINES_CHARS_MAX = 1_000_000;
/** Characters of an error's text, and of its stack. */
const TEXT_CHARS_MAX = 20_000;

const NAME = /^crash-[0-9TZ-]+\.json$/;

/** The last lines of a journal. */
export class LastLines {
  readonly #lines: JournalLine[] = [];

  keep(line: JournalLine): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * LINES_MAX) this.#lines.splice(0, LINES_MAX);
  }

  /** Oldest first; of the newest as many as there is room for. */
  last(): readonly JournalLine[] {
    const lines = this.#lines.slice(-LINES_MAX);
    let chars = 0;
    const tooMuch = lines.findLastIndex((line) => {
      chars += JSON.stringify(line).length;
      return chars > LINES_CHARS_MAX;
    });
    return lines.slice(tooMuch + 1);
  }
}

/** What is known of a crash. */
export interface Crash {
  readonly atMs: number;
  /** Whose process it was. */
  readonly name: string;
  readonly version: string;
  readonly how: 'uncaughtException' | 'unhandledRejection';
  readonly error: unknown;
  readonly lines: readonly JournalLine[];
}

/** Writes a report that only its owner can read; gives its path. Throws when that cannot be done. */
export const writeReport = (folder: string, { atMs, error, ...crash }: Crash): string => {
  const time = new Date(atMs).toISOString();
  const report = {
    time,
    ...crash,
    error: errorOf(error),
    node: process.version,
    pid: process.pid,
    upS: Math.round(process.uptime()),
    memory: process.memoryUsage(),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  forgetOldest(folder);
  const path = join(folder, `crash-${time.replace(/[:.]/g, '-')}-${process.pid}.json`);
  writeFileSync(path, `${JSON.stringify(report, undefined, 1)}\n`, { mode: 0o600, flag: 'wx' });
  return path;
};

/** What can be thrown is anything. */
const errorOf = (error: unknown) => {
  if (!(error instanceof Error)) return { name: typeof error, message: cut(String(error)) };
  const { name, message, stack = '' } = error;
  return { name, message: cut(message), stack: cut(stack) };
};

const cut = (text: string): string => text.slice(0, TEXT_CHARS_MAX);

/** Names begin with the time, so they sort by it. */
const forgetOldest = (folder: string): void => {
  const reports = readdirSync(folder).filter((name) => NAME.test(name));
  for (const name of reports.sort().slice(0, 1 - REPORTS_MAX)) {
    rmSync(join(folder, name), { force: true });
  }
};
