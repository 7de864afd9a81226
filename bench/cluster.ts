/**
 * A cluster of benchmark nodes: starts the processes, waits until they agree on a plan, kills.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DistrictFile } from '../protocol/district.ts';
import type { Plan } from '../protocol/plan.ts';
import type { BenchNodeOptions, Order, Report } from './bench-node.ts';

const program = fileURLToPath(new URL('./bench-node.js', import.meta.url));
const WAIT_MS = 60_000;

const group = (id: string) => ({
  id,
  kind: 'vehicle' as const,
  minGreenS: 5,
  maxGreenS: 20,
  amberS: 3,
  redClearanceS: 1,
});

const district = (count: number, port: number): DistrictFile => ({
  name: 'bench',
  expect: count,
  intersections: Array.from({ length: count }, (_, k) => ({
    id: `x${k + 1}`,
    node: `n${k + 1}`,
    position: [k * 300, 0] as [number, number],
    groups: [group('a'), group('b')],
    conflicts: [['a', 'b'] as [string, string]],
    yields: [],
    stages: [
      { id: 's', green: ['a'] },
      { id: 't', green: ['b'] },
    ],
  })),
  discovery: { port },
});

export interface ClusterOptions {
  readonly port: number;
  readonly isDurable: boolean;
  /** The inspector that all nodes stream to. */
  readonly inspect?: string;
}

export class Cluster {
  readonly #inspect: string | undefined;
  readonly #district: DistrictFile;
  readonly #folder: string | undefined;
  readonly #children = new Map<string, ChildProcess>();
  readonly #reports = new EventEmitter();
  leader = '';
  term = 0;

  constructor(count: number, { port, isDurable, inspect }: ClusterOptions) {
    this.#inspect = inspect;
    this.#district = district(count, port);
    this.#folder = isDurable ? mkdtempSync(join(tmpdir(), 'greenwave-bench-')) : undefined;
    this.#reports.setMaxListeners(0);
    for (const { node = '' } of this.#district.intersections) this.start(node);
  }

  start(id: string): void {
    const data = this.#folder === undefined ? {} : { data: join(this.#folder, id) };
    const inspect = this.#inspect === undefined ? {} : { inspect: this.#inspect };
    const options: BenchNodeOptions = { id, district: this.#district, ...data, ...inspect };
    const child = fork(program, [JSON.stringify(options)]);
    this.#children.set(id, child);
    child.on('message', (report: Report) => {
      if (report.kind === 'elected' && report.term >= this.term) {
        this.leader = report.leader;
        this.term = report.term;
      }
      this.#reports.emit('report', report);
    });
  }

  /** Resolves with the first report that `is` accepts. */
  report<K extends Report['kind']>(
    kind: K,
    is: (report: Extract<Report, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<Report, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`no report ${kind} came`)), WAIT_MS);
      const hear = (report: Report) => {
        if (report.kind !== kind || !is(report as Extract<Report, { kind: K }>)) return;
        clearTimeout(limit);
        this.#reports.off('report', hear);
        resolve(report as Extract<Report, { kind: K }>);
      };
      this.#reports.on('report', hear);
    });
  }

  /** Until a plan for all is committed: then everyone is enrolled. */
  async agreed(): Promise<void> {
    const count = this.#district.intersections.length;
    await this.report('committed', ({ planned }) => planned === count);
  }

  /** A command of the load: a plan for every intersection. */
  get plan(): Plan {
    const splits = ['s', 't'].map((stage) => ({ stage, splitS: 20 }));
    const intersections = this.#district.intersections.map(({ id }) => ({
      id,
      offsetS: 0,
      splits,
    }));
    return { id: 'load', cycleS: 40, intersections };
  }

  order(id: string, order: Order): void {
    this.#children.get(id)?.send(order);
  }

  kill(id: string): void {
    this.#children.get(id)?.kill('SIGKILL');
    this.#children.delete(id);
  }

  get ids(): string[] {
    return [...this.#children.keys()];
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#children.values()].map(
        (child) => new Promise((resolve) => child.on('exit', resolve).kill('SIGKILL')),
      ),
    );
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
