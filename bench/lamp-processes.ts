/**
 * A district of real processes for measurements of lamps: one for all lamps, one for each node with a
 * disk of its own. What it starts it ends, by their ids, also when the measurement is broken off.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { startGreenwave } from '../bin/host.ts';
import { type DistrictFile, nodesOf } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Stop } from '../protocol/route.ts';

const LOOK_MS = 50;

export class LampProcesses {
  readonly file: string;
  readonly nodes: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'greenwave-bench-'));
  readonly #children = new Map<string, ChildProcess>();
  /** What each intersection shows. */
  readonly #shown = new Map<string, Readonly<Record<string, string>>>();
  /** When each group was seen green last. */
  readonly #greens = new Map<string, number>();
  readonly #close = () => this.close();

  constructor(district: DistrictFile) {
    this.file = join(this.#folder, 'district.json');
    writeFileSync(this.file, JSON.stringify(district));
    this.nodes = district.intersections.flatMap((one) => nodesOf(one));
    const options = ['--json', '--latch', join(this.#folder, 'latches')];
    const lamps = this.#spawn('', ['lamps', this.file, ...options]);
    if (lamps.stdout)
      createInterface({ input: lamps.stdout }).on('line', (text) => this.#hear(text));
    process.once('exit', this.#close);
  }

  start(node: string): void {
    const data = join(this.#folder, node);
    const child = this.#spawn(node, ['node', this.file, node, '--json', '--data', data]);
    child.stdout?.resume();
  }

  kill(node: string): void {
    this.#children.get(node)?.kill('SIGKILL');
    this.#children.delete(node);
  }

  shown(intersection: string): Readonly<Record<string, string>> {
    return this.#shown.get(intersection) ?? {};
  }

  isShown(intersection: string): boolean {
    return this.#shown.has(intersection);
  }

  /** Whether a group has been green since an instant of `performance.now`. */
  wasGreen({ intersection, group }: Stop, sinceMs: number): boolean {
    return (this.#greens.get(`${intersection}/${group}`) ?? Number.NEGATIVE_INFINITY) >= sinceMs;
  }

  /** Resolves when it is so; throws when it is not within the limit. */
  async until(what: () => string, is: () => boolean, limitMs: number): Promise<void> {
    for (const endMs = performance.now() + limitMs; !is(); await wait(LOOK_MS)) {
      if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms in vain for ${what()}`);
    }
  }

  close(): void {
    process.off('exit', this.#close);
    for (const child of this.#children.values()) child.kill('SIGKILL');
    this.#children.clear();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(name: string, args: readonly string[]): ChildProcess {
    const child = startGreenwave(args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.set(name, child);
    return child;
  }

  #hear(text: string): void {
    const line = JSON.parse(text) as JournalLine;
    if (line.kind !== 'lamps') return;
    this.#shown.set(line.intersection, line.lamps);
    for (const [group, lamp] of Object.entries(line.lamps)) {
      if (lamp === 'green') this.#greens.set(`${line.intersection}/${group}`, performance.now());
    }
  }
}
