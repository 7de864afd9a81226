/**
 * A small town in memory: nodes as they are composed everywhere, on a virtual clock, with a lamp
 * driver each and a network that does what it is told.
 */

import type { Inspector } from '../../actors/inspector.ts';
import type { OpenLamps } from '../../actors/lamps.ts';
import { createNode, type GreenwaveNode } from '../../actors/node.ts';
import { type Store, volatileStore } from '../../actors/storage.ts';
import { createDriver } from '../../cabinet/driver.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { checkDistrict, type District } from '../../protocol/check-district.ts';
import { type Intersection, intersectionOf } from '../../protocol/district.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { createJudge } from '../../protocol/judge.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { MemoryNetwork } from '../../transport/memory.ts';
import type { Transport } from '../../transport/transport.ts';
import { seeded } from '../transport/seeded.ts';

const crossroads = (id: string, node: string): Intersection => ({
  id,
  node,
  position: [0, 0],
  groups: ['a', 'b'].map((group) => ({
    id: group,
    kind: 'vehicle',
    minGreenS: 5,
    maxGreenS: 30,
    amberS: 3,
    redClearanceS: 2,
    flash: group === 'a' ? 'amber' : 'red',
  })),
  conflicts: [['a', 'b']],
  yields: [],
  stages: [
    { id: 'A', green: ['a'] },
    { id: 'B', green: ['b'] },
  ],
});

export const townOf = (count: number): District => {
  const intersections = Array.from({ length: count }, (_, k) =>
    crossroads(`x${k + 1}`, `n${k + 1}`),
  );
  const checked = checkDistrict({ name: 'town', expect: count, intersections });
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.district;
};

/** What one node is given, and what it did. */
export interface Place {
  readonly id: string;
  readonly node: GreenwaveNode;
  readonly lines: JournalLine[];
  readonly failures: string[];
}

export interface PlaceOptions {
  readonly incarnation?: number;
  readonly store?: Store;
  readonly lamps?: OpenLamps;
  readonly isObserver?: boolean;
  readonly transport?: Transport;
  readonly inspector?: Inspector;
  readonly hasContents?: boolean;
}

export class Town {
  readonly clock = new VirtualClock();
  readonly district: District;
  readonly network: MemoryNetwork;
  readonly judge;
  readonly #cabinets = new Map<string, ReturnType<Town['cabinet']>>();

  constructor(count: number, seed = 1) {
    this.district = townOf(count);
    const later = (fn: () => void, ms: number) => this.clock.setTimeout(fn, ms);
    this.network = new MemoryNetwork({ random: seeded(seed), later });
    this.judge = createJudge(this.district.intersections);
  }

  /** Composes the node `id` and starts it; it runs once the clock does. */
  async open(id: string, options: PlaceOptions = {}): Promise<Place> {
    const { incarnation = 1, isObserver = false, hasContents = false, inspector } = options;
    const lines: JournalLine[] = [];
    const failures: string[] = [];
    const node = createNode({
      id,
      district: this.district,
      transport: options.transport ?? this.network.transport(id),
      store: options.store ?? volatileStore({ id: `s-${id}-${incarnation}`, incarnation }),
      lamps: options.lamps ?? this.#lampsAt(id),
      clock: this.clock,
      wall: this.clock.now,
      journal: (line) => lines.push(line),
      failed: (reason) => failures.push(reason),
      isObserver,
      hasContents,
      ...(inspector && { inspect: inspector.step }),
    });
    if (inspector) node.watch(inspector.hear);
    node.start();
    await settle();
    return { id, node, lines, failures };
  }

  run(ms: number): void {
    this.clock.run(this.clock.now() + ms);
  }

  /** Lets time pass in steps between which promises are kept. */
  async walk(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.run(100);
      await settle();
    }
  }

  cabinet(intersection: Intersection) {
    const hearers = new Set<() => void>();
    const driver = createDriver({
      intersection,
      clock: this.clock,
      latch: memoryLatch(),
      show: (lamps, t) => {
        this.judge.see({ t, intersection: intersection.id, lamps });
        for (const hear of hearers) hear();
      },
      report: () => {},
    });
    return { driver, hearers };
  }

  #lampsAt(id: string): OpenLamps {
    return (who, handlers) => {
      const intersection = intersectionOf(this.district, id) as Intersection;
      const cabinet = this.#cabinets.get(id) ?? this.cabinet(intersection);
      this.#cabinets.set(id, cabinet);
      const { driver, hearers } = cabinet;
      const hear = () => handlers.shown(driver.lamps());
      hearers.add(hear);
      let counter = 0;
      this.clock.setTimeout(() => {
        handlers.ready({ boundMs: 0 });
        hear();
      }, 1);
      return {
        show: (sequence) => {
          counter += 1;
          const { refused } = driver.accept({ incarnation: who.incarnation, counter, ...sequence });
          if (refused !== undefined) handlers.refused(refused);
        },
        leave: () => driver.leave(who.node, who.incarnation),
        close: () => void hearers.delete(hear),
      };
    };
  }
}

/** Lets promises that wait for nothing but their turn be kept. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};
