/**
 * What can be done to a city, as plain data, so that a failing run can be told, replayed and
 * shortened. Each fault begins and, unless it is one of an instant, ends by itself.
 */
import type { Faults as Weather } from '../transport/memory.ts';
import type { City } from './city.ts';
import { mayWipe } from './spare.ts';

/** A fault without its time. */
export type Deed =
  | {
      readonly kind: 'crash';
      readonly node: string;
      readonly silent: boolean;
      readonly lost: number;
    }
  | { readonly kind: 'wipe'; readonly node: string }
  | { readonly kind: 'leave'; readonly node: string }
  | { readonly kind: 'stall'; readonly node: string }
  | { readonly kind: 'suspend'; readonly node: string }
  | { readonly kind: 'slowDisk'; readonly node: string; readonly times: number }
  | { readonly kind: 'drift'; readonly node: string; readonly ppm: number }
  | { readonly kind: 'cut'; readonly ways: readonly (readonly [string, string])[] }
  | { readonly kind: 'partition'; readonly sides: readonly (readonly string[])[] }
  | { readonly kind: 'weather'; readonly weather: Partial<Weather> };

/** What is done to a city, when, and for how long. In virtual milliseconds. */
export type Fault = Deed & { readonly atMs: number; readonly forMs: number };

/** The time of day of a host that lost its disk is put back by so much. */
const SET_BACK_MS = 600_000;
const clear: Partial<Weather> = {
  lossRatio: 0,
  duplicationRatio: 0,
  reorderRatio: 0,
  latencyMsMin: 0.2,
  latencyMsMax: 1,
};

/** Lets the faults happen to a city; each ends by itself. */
export const inject = (city: City, faults: readonly Fault[]): void => {
  for (const fault of faults) {
    city.at(fault.atMs, () => {
      const end = begin(city, fault);
      city.at(fault.atMs + fault.forMs, end);
    });
  }
};

/** Does what a fault does and gives what ends it. */
const begin = (city: City, fault: Fault): (() => void) => {
  switch (fault.kind) {
    case 'crash': {
      const { node, silent, lost } = fault;
      city.kill(node, { silent });
      return () => city.restart(node, { lost });
    }
    case 'wipe': {
      const { node } = fault;
      city.kill(node);
      // The time of day is no witness of former lives.
      city.setWall(node, city.place(node).wallAheadMs - SET_BACK_MS);
      // Which disks can be spared is asked when one is lost, and not before.
      return () => city.whenAwake(node, () => city.restart(node, { wipe: mayWipe(city, node) }));
    }
    case 'leave':
      city.stop(fault.node);
      return () => city.restart(fault.node);
    case 'stall':
      city.stall(fault.node, fault.forMs);
      return nothing;
    case 'suspend':
      city.suspend(fault.node, fault.forMs);
      return nothing;
    case 'slowDisk':
      city.slow(fault.node, fault.times);
      return () => city.slow(fault.node, 1);
    case 'drift':
      city.drift(fault.node, fault.ppm);
      return nothing;
    case 'cut':
      for (const [from, to] of fault.ways) city.cut(from, to);
      return () => {
        for (const [from, to] of fault.ways) city.mend(from, to);
      };
    case 'partition': {
      const { sides } = fault;
      city.partition(sides);
      return () => city.reunite(sides);
    }
    case 'weather':
      city.weather(fault.weather);
      return () => city.weather(clear);
  }
};

const nothing = () => {};
