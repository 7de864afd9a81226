/**
 * One node of a benchmark, as a process of its own: a real node without lamps. It is told over IPC
 * what to do, and tells what it measured.
 */
import { Inspector } from '../actors/inspector.ts';
import { createNode } from '../actors/node.ts';
import { volatileStore } from '../actors/storage.ts';
import { InspectorStream } from '../bin/inspect-stream.ts';
import { newIncarnation, newStoreId, openLevelStore } from '../bin/level-store.ts';
import { checkDistrict } from '../protocol/check-district.ts';
import type { Plan } from '../protocol/plan.ts';
import { udpTcp } from '../transport/udp-tcp.ts';

export interface BenchNodeOptions {
  readonly id: string;
  readonly district: unknown;
  /** Where the store is; without it the node keeps nothing. */
  readonly data?: string;
  /** The inspector that it streams to. */
  readonly inspect?: string;
}

/** What a benchmark asks of a node. */
export type Order =
  | {
      readonly kind: 'load';
      readonly plan: Plan;
      readonly count: number;
      readonly inFlight: number;
    }
  | { readonly kind: 'bytes' | 'cost' };

/** What a node tells. */
export type Report =
  | {
      readonly kind: 'elected';
      readonly id: string;
      readonly leader: string;
      readonly term: number;
    }
  | {
      readonly kind: 'committed';
      readonly id: string;
      readonly term: number;
      readonly planned: number;
    }
  | { readonly kind: 'loaded'; readonly seconds: number; readonly latenciesMs: number[] }
  | { readonly kind: 'bytes'; readonly id: string; readonly said: number }
  /** Of this process since its start: processor time, and events on the bus. */
  | {
      readonly kind: 'cost';
      readonly id: string;
      readonly cpuMicros: number;
      readonly events: number;
    };

interface Inspected {
  readonly url: string;
  readonly district: string;
  readonly node: string;
}

/** Streams as `greenwave node --inspect` does. */
const inspectorOn = ({ url, district, node }: Inspected): Inspector => {
  const trouble = (message: string) => void process.stderr.write(`${message}\n`);
  const outlet = new InspectorStream({ url, name: `${district}/${node}`, trouble });
  const inspector = new Inspector({ district, node, outlet });
  outlet.show(inspector);
  return inspector;
};

const options = JSON.parse(process.argv[2] ?? '{}') as BenchNodeOptions;
const checked = checkDistrict(options.district);
if (!('district' in checked)) throw new Error(JSON.stringify(checked.problems));
const { district } = checked;
const tell = (report: Report) => process.send?.(report);
let said = 0;
let events = 0;

const store =
  options.data === undefined
    ? volatileStore({ id: newStoreId(), incarnation: newIncarnation() })
    : await openLevelStore(options.data, (message) => process.stderr.write(`${message}\n`));

const { id, inspect } = options;
const inspector =
  inspect === undefined
    ? undefined
    : inspectorOn({ url: inspect, district: district.name, node: id });

const node = createNode({
  id: options.id,
  district,
  store,
  transport: udpTcp({ discovery: district.discovery }),
  lamps: () => ({ show: () => {}, leave: () => {}, close: () => {} }),
  failed: (reason) => {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
  ...(inspector && { inspect: inspector.step }),
});
if (inspector) node.watch(inspector.hear);

/** Commands of this node's load that are not committed yet: when they were asked for. */
const asked = new Map<string, number>();
let loaded: (() => void) | undefined;
let loads = 0;
const latenciesMs: number[] = [];

node.watch((event) => {
  events += 1;
  if (event.type === 'wire.said') said += event.bytes;
  if (event.type === 'election.elected') {
    tell({ kind: 'elected', id: options.id, leader: event.leader, term: event.term });
  }
  if (event.type !== 'replica.committed') return;
  const { command, term } = event;
  const plan = command.kind === 'plan.adopt' ? command.plan : undefined;
  const askedMs = plan && asked.get(plan.id);
  if (plan && askedMs !== undefined) {
    asked.delete(plan.id);
    latenciesMs.push(performance.now() - askedMs);
    loaded?.();
  } else
    tell({ kind: 'committed', id: options.id, term, planned: plan?.intersections.length ?? 0 });
});

/** A command lost with a leader is asked for again after so long, and its latency says so. */
const AGAIN_MS = 2000;

/** Keeps `inFlight` commands on their way until `count` are committed. */
const load = (plan: Plan, count: number, inFlight: number) => {
  const startMs = performance.now();
  latenciesMs.length = 0;
  loads += 1;
  let sent = 0;
  const ask = (id: string) => void node.propose({ kind: 'plan.adopt', plan: { ...plan, id } });
  const again = setInterval(() => {
    for (const [id, askedMs] of asked) if (performance.now() - askedMs > AGAIN_MS) ask(id);
  }, AGAIN_MS);
  const more = () => {
    while (sent < count && asked.size < inFlight) {
      sent += 1;
      const id = `load.${loads}.${sent}`;
      asked.set(id, performance.now());
      ask(id);
    }
    if (latenciesMs.length < count || loaded === undefined) return;
    loaded = undefined;
    clearInterval(again);
    tell({ kind: 'loaded', seconds: (performance.now() - startMs) / 1000, latenciesMs });
  };
  // Not within the event that freed a place: the bus finishes that one first.
  loaded = () => setImmediate(more);
  more();
};

process.on('message', (order: Order) => {
  if (order.kind === 'load') load(order.plan, order.count, order.inFlight);
  else if (order.kind === 'bytes') tell({ kind: 'bytes', id, said });
  else {
    const { user, system } = process.cpuUsage();
    tell({ kind: 'cost', id, cpuMicros: user + system, events });
  }
});
process.on('disconnect', () => process.exit(0));
node.start();
