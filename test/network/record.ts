/**
 * Keeps the record that the recorder judges: which driver wrote what, and which nodes' lamps are to
 * go on. It looks at no lamp itself.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { python } from './means.ts';

const recorder = fileURLToPath(new URL('./recorder.py', import.meta.url));

export interface Finding {
  readonly atMs: number;
  readonly text: string;
}

export interface Verdict {
  readonly lines: number;
  /** How often each group, `INTERSECTION/GROUP`, was green. */
  readonly greens: Readonly<Record<string, number>>;
  /** How many greens that were agreed on were held against what was lit. */
  readonly agreed: number;
  /** Groups of nodes that were killed, and how many of them were lit. */
  readonly deaths: { readonly all: number; readonly green: number; readonly amber: number };
  readonly conflicts: readonly Finding[];
  readonly cuts: readonly Finding[];
  readonly overruns: readonly Finding[];
  readonly gaps: readonly Finding[];
}

export interface DriverRecord {
  readonly node: string;
  readonly file: string;
  /** What its clock is ahead of the machine's. */
  readonly clockMs: number;
  /** When it was killed. */
  readonly endedMs?: number;
}

export interface Serving {
  readonly node: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A node that was killed while its driver went on. */
export interface Death {
  readonly node: string;
  readonly atMs: number;
}

/** All that the recorder is told. Instants are on the machine's monotonic clock. */
export interface RecordFile {
  readonly district: string;
  readonly drivers: readonly DriverRecord[];
  readonly serving: readonly Serving[];
  readonly sinceMs?: number;
  readonly nowMs: number;
  readonly deaths?: readonly Death[];
  readonly agreed?: readonly string[];
}

/** What was written so long ago has been read. */
const SETTLED_MS = 1000;

/** The machine's monotonic clock, which all hosts share but for their offset. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Asks the recorder. It is a process of its own, and says what it found. */
export const judge = (file: string): Promise<Verdict> =>
  new Promise((resolve, reject) => {
    execFile(python, ['-B', recorder, file], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout) as Verdict);
    });
  });

export class LampRecord {
  readonly #folder: string;
  readonly #district: string;
  readonly #drivers: DriverRecord[] = [];
  readonly #serving: Serving[] = [];
  readonly #since = new Map<string, number>();
  readonly #deaths: Death[] = [];
  readonly #agreed: string;

  constructor(folder: string, district: string) {
    this.#folder = folder;
    this.#agreed = join(folder, 'agreed.jsonl');
    this.#district = district;
  }

  /** Takes a life of a driver, or that it has ended. */
  driver(driver: DriverRecord): void {
    const known = this.#drivers.findIndex(({ file }) => file === driver.file);
    this.#drivers.splice(known < 0 ? this.#drivers.length : known, 1, driver);
  }

  /** Takes what a group has agreed on about rights of way. */
  agree(group: string, command: object): void {
    appendFileSync(this.#agreed, `${JSON.stringify({ group, command, heardMs: machineMs() })}\n`);
  }

  /** Takes that a node is killed now. */
  death(node: string): void {
    this.#deaths.push({ node, atMs: machineMs() });
  }

  /** From now on the lamps of exactly these nodes are to go on. */
  serve(nodes: readonly string[]): void {
    const nowMs = machineMs();
    for (const [node, fromMs] of this.#since) {
      if (nodes.includes(node)) continue;
      this.#serving.push({ node, fromMs, untilMs: nowMs });
      this.#since.delete(node);
    }
    for (const node of nodes) if (!this.#since.has(node)) this.#since.set(node, nowMs);
  }

  /** Whether the lamps of all these nodes are to go on now. */
  serves(nodes: readonly string[]): boolean {
    return nodes.every((node) => this.#since.has(node));
  }

  async judge(sinceMs: number): Promise<Verdict> {
    const nowMs = machineMs() - SETTLED_MS;
    const open = [...this.#since].map(([node, fromMs]) => ({ node, fromMs, untilMs: nowMs }));
    const file = join(this.#folder, 'record.json');
    const record: RecordFile = {
      district: this.#district,
      drivers: this.#drivers,
      serving: [...this.#serving, ...open],
      sinceMs,
      nowMs,
      deaths: this.#deaths,
      agreed: existsSync(this.#agreed) ? [this.#agreed] : [],
    };
    writeFileSync(file, JSON.stringify(record));
    return judge(file);
  }
}
