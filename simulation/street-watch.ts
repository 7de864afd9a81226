/**
 * Watches shared intersections in ideal time: across cabinets, of which none sees the others, and
 * without tolerance, because virtual time has no late stamps.
 *
 * It knows the ideal clock of each timescale, which is that of the leader that keeps it, and every
 * right of way that any node holds for committed. So it finds a lamp that strays from its right
 * long before two of them are lit together.
 */
import { LATE_MS, tailMs } from '../machines/granting.ts';
import type { Command } from '../protocol/command.ts';
import { type Group, type Intersection, isShared } from '../protocol/district.ts';
import type { Emitted } from '../protocol/event.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import { lan } from '../protocol/timing.ts';
import type { Observed } from './invariants.ts';

type GrantRights = Extract<Command, { kind: 'right.grant' }>;

/** What clocks gain or lose while a lamp goes out, and by how much a timer is late. */
const EXACT_MS = 10;
/** A right is remembered so long after its end. */
const REMEMBERED_MS = 120_000;
/** A word that has reached a holder reaches its lamps so soon: it may be refused once before. */
const TOLD_MS = 1_500;

export const streetInvariants = {
  'never two greens':
    'conflicting groups of one intersection are never lit together, nor one before the other is cleared, whose lamps they may be',
  'greens have a right':
    'a group of a shared intersection is lit inside a committed right of way, give or take the clock bound',
  'greens are kept':
    'a green lasts as long as its holder knows that it was granted, whoever dies meanwhile',
} as const;
export type StreetInvariant = keyof typeof streetInvariants;

/** The timescale of one term, as it really goes: the clock of whoever keeps it. */
interface Scale {
  readonly now: () => number;
  readonly keeper: string;
  /** Its keeper's clock has stood still, so that it is known no more how the timescale goes on. */
  isLost: boolean;
}

interface Right {
  readonly scale: Scale;
  readonly group: string;
  readonly fromMs: number;
  untilMs: number;
  /** Until when its holder knows that it may be green, and since when, in virtual time. */
  knownUntilMs: number;
  knownMs: number;
}

interface Trace {
  readonly group: Group;
  lamp: Lamp;
  /** When it was lit last; long ago, when it never was. */
  darkMs: number;
}

interface Street {
  readonly intersection: Intersection;
  readonly traces: ReadonlyMap<string, Trace>;
  readonly foes: readonly (readonly [Trace, Trace])[];
  readonly rights: Map<string, Right>;
}

/** What was granted and shown at shared intersections. */
export interface StreetCounts {
  grants: number;
  releases: number;
  greens: number;
}

type Violate = (invariant: StreetInvariant, node: string, message: string) => void;

const isLit = (lamp: Lamp): boolean => lamp !== 'red' && lamp !== 'flashingRed' && lamp !== 'dark';
const isGreen = (lamp: Lamp): boolean => lamp === 'green' || lamp === 'greenPermissive';

export class StreetWatch {
  readonly counts: StreetCounts = { grants: 0, releases: 0, greens: 0 };
  readonly #streets: ReadonlyMap<string, Street>;
  readonly #scales = new Map<string, Scale>();
  readonly #counted = new Map<string, number>();
  readonly #now: () => number;
  readonly #violate: Violate;
  /** Nodes that follow their rights, and since when. */
  readonly #following = new Map<string, number>();
  /** The timescales that a life of a node has known, by its name. */
  readonly #known = new Map<string, Set<Scale>>();
  /** Intersections at which somebody has called for a green, and when. */
  readonly #called = new Map<string, number>();
  /** Nodes that lost their time, and since when: they end what they show. */
  readonly #voided = new Map<string, number>();
  readonly #boundMs = lan().clockBoundMsMax;

  constructor(intersections: readonly Intersection[], now: () => number, violate: Violate) {
    this.#now = now;
    this.#violate = violate;
    const shared = intersections.filter(isShared);
    this.#streets = new Map(
      shared.map((intersection) => [intersection.id, streetOf(intersection)]),
    );
  }

  /** A node starts another life: until it has entered it leaves its lamps as they are. */
  started(id: string): void {
    this.#following.delete(id);
    this.#known.delete(id);
  }

  /** The host of a node sleeps: its hardware has put out the lamps, and its time is lost. */
  slept(id: string): void {
    this.#voided.set(id, this.#now());
    for (const scale of this.#scales.values()) if (scale.keeper === id) scale.isLost = true;
  }

  /** Takes the next event of a node in a group. */
  heard(node: Observed, group: string, event: Emitted): void {
    if (this.#streets.size === 0) return;
    if (event.type === 'timekeeper.kept') {
      const { offsetMs } = event;
      this.#scales.set(`${group} ${event.term}`, {
        now: () => node.now() + offsetMs,
        keeper: node.id,
        isLost: false,
      });
    } else if (event.type === 'timekeeper.synced') {
      const scale = this.#scales.get(`${group} ${event.term}`);
      const known = this.#known.get(node.id) ?? new Set();
      if (scale) this.#known.set(node.id, known.add(scale));
    } else if (event.type === 'holder.changed') {
      if (event.mode === 'following') this.#following.set(node.id, this.#now());
      else this.#following.delete(node.id);
    } else if (event.type === 'timekeeper.voided') this.#voided.set(node.id, this.#now());
    else if (event.type === 'replica.committed') this.#committed(node, group, event);
  }

  /** Takes what an intersection shows as a whole, since a cabinet of `node` has changed something. */
  lamps(id: string, lamps: Lamps, node: string): void {
    const street = this.#streets.get(id);
    if (!street) return;
    for (const [name, trace] of street.traces) {
      const lamp = lamps[name] ?? 'dark';
      if (lamp === trace.lamp) continue;
      const before = trace.lamp;
      trace.lamp = lamp;
      if (isLit(before) && !isLit(lamp)) trace.darkMs = this.#now();
      if (isLit(lamp) && !isLit(before)) this.#lit(street, trace, node);
      if (isGreen(lamp) && !isGreen(before)) this.counts.greens += 1;
      if (isGreen(before) && !isGreen(lamp)) this.#ended(street, trace, node);
    }
  }

  #committed(
    node: Observed,
    group: string,
    { index, command }: Extract<Emitted, { type: 'replica.committed' }>,
  ): void {
    const isNew = index > (this.#counted.get(group) ?? 0);
    if (isNew) this.#counted.set(group, index);
    if (command.kind === 'right.release' && isNew) this.counts.releases += 1;
    if (command.kind === 'preempt.call') this.#called.set(command.intersection, this.#now());
    if (command.kind === 'right.grant') {
      if (isNew) this.counts.grants += 1;
      this.#granted(node, group, command);
    }
  }

  /** Whether the grant changes anything is for the machines: too much here only finds less. */
  #granted(node: Observed, group: string, command: GrantRights): void {
    const street = this.#streets.get(command.intersection);
    const scale = this.#scales.get(`${group} ${command.term}`);
    if (!street || !scale) return;
    const { nodes = {} } = street.intersection;
    for (const grant of command.grants) {
      const key = `${group} ${command.term} ${grant.group} ${grant.fromMs}`;
      const { fromMs, untilMs } = grant;
      const known = street.rights.get(key);
      const right = known ?? {
        ...{ scale, group: grant.group, fromMs, untilMs },
        ...{ knownUntilMs: Number.NEGATIVE_INFINITY, knownMs: 0 },
      };
      right.untilMs = Math.max(right.untilMs, untilMs);
      if (nodes[grant.group] === node.id && right.knownUntilMs < untilMs) {
        right.knownUntilMs = untilMs;
        right.knownMs = this.#now();
      }
      street.rights.set(key, right);
    }
    for (const [key, right] of street.rights) {
      if (right.untilMs + REMEMBERED_MS < right.scale.now()) street.rights.delete(key);
    }
  }

  #lit({ rights, foes }: Street, trace: Trace, node: string): void {
    const nowMs = this.#now();
    const { id } = trace.group;
    for (const [one, other] of foes) {
      if (one !== trace) continue;
      const clearedMs = nowMs - other.darkMs;
      const owedMs = other.group.redClearanceS * 1000 + LATE_MS - EXACT_MS;
      if (isLit(other.lamp)) {
        this.#violate('never two greens', node, `${id} is lit while ${other.group.id} is`);
      } else if (clearedMs < owedMs) {
        const message = `${id} is lit ${clearedMs.toFixed(1)} ms after ${other.group.id}, less than ${owedMs} ms`;
        this.#violate('never two greens', node, message);
      }
    }
    const hasRight = [...rights.values()].some(({ scale, group, fromMs, untilMs }) => {
      const groupMs = scale.now();
      if (scale.isLost) return group === id;
      return (
        group === id && groupMs >= fromMs - this.#boundMs && groupMs <= untilMs + this.#boundMs
      );
    });
    if (!hasRight)
      this.#violate('greens have a right', node, `${id} is lit without a right of way`);
  }

  /** Its amber has begun. */
  #ended({ intersection, rights }: Street, { group }: Trace, node: string): void {
    const nowMs = this.#now();
    const own = [...rights.values()].filter((right) => right.group === group.id);
    const tail = tailMs(group) + EXACT_MS;
    const isInside = own.some(
      ({ scale, untilMs }) =>
        scale.isLost || scale.now() + tail <= untilMs + this.#boundMs + 2 * EXACT_MS,
    );
    if (!isInside) {
      this.#violate('greens have a right', node, `${group.id} was green beyond its right of way`);
    }
    const sinceMs = this.#following.get(node) ?? Number.POSITIVE_INFINITY;
    const excusedMs = Math.max(
      this.#voided.get(node) ?? Number.NEGATIVE_INFINITY,
      this.#called.get(intersection.id) ?? Number.NEGATIVE_INFINITY,
    );
    if (nowMs - excusedMs < REMEMBERED_MS) return;
    for (const { scale, fromMs, knownUntilMs, knownMs } of own) {
      const groupMs = scale.now();
      const leftMs = knownUntilMs - tail - this.#boundMs - groupMs;
      if (scale.isLost || !this.#known.get(node)?.has(scale)) continue;
      if (leftMs <= 0 || groupMs < fromMs || nowMs - Math.max(knownMs, sinceMs) < TOLD_MS) continue;
      const message = `${group.id} ended ${leftMs.toFixed(0)} ms before its holder knew it to end`;
      this.#violate('greens are kept', node, message);
    }
  }
}

const streetOf = (intersection: Intersection): Street => {
  const traces = new Map<string, Trace>(
    intersection.groups.map((group) => [
      group.id,
      { group, lamp: 'flashingRed', darkMs: Number.NEGATIVE_INFINITY },
    ]),
  );
  const foes = intersection.conflicts.flatMap(([first, second]) => {
    const [a, b] = [traces.get(first), traces.get(second)];
    return a && b ? [[a, b] as const, [b, a] as const] : [];
  });
  return { intersection, traces, foes, rights: new Map() };
};
