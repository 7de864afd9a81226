/**
 * What drivers make of the lamps at a stop line: when the first of a lane may pass it. Nobody passes
 * a red. Who has a green that yields waits for a gap, and goes on amber at the latest, while it lasts.
 * Where lamps flash or are dark, one passes after the other. Pure.
 */
import type { Group, Intersection } from '../protocol/district.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import { dot } from './approaches.ts';
import {
  ALL_WAY_MS,
  GAP_S,
  HEADWAY_MS,
  LOST_MS,
  type Queue,
  STEP_MS,
  type Vehicle,
} from './road-user.ts';
import type { Lane, Turn } from './roads.ts';

interface Signal {
  readonly group: Group;
  lamp: Lamp;
  sinceMs: number;
  /** Whether its last green yielded. */
  isYielding: boolean;
}

/** Whom somebody who turns so lets pass first. */
interface Priority {
  /** While his green yields, or where nothing is known of the movements. */
  readonly before: readonly Turn[];
  /** While he has a flashing lamp. */
  readonly hostile: readonly Turn[];
  /** Walkers he drives slowly for. */
  readonly walks: readonly string[];
}

export class StopLine {
  readonly #signals: ReadonlyMap<string, Signal>;
  readonly #priorities: ReadonlyMap<Turn, Priority>;
  readonly #queueOf: (lane: Lane) => Queue;
  /** From when on the next one may pass where nobody has priority. */
  #allWayMs = Number.NEGATIVE_INFINITY;

  constructor(intersection: Intersection, lanes: readonly Lane[], queueOf: (lane: Lane) => Queue) {
    // Until somebody has said what they show, they are red to those who drive here.
    this.#signals = new Map(
      intersection.groups.map((group) => [
        group.id,
        { group, lamp: 'red', sinceMs: Number.NEGATIVE_INFINITY, isYielding: false },
      ]),
    );
    this.#priorities = prioritiesOf(intersection, lanes);
    this.#queueOf = queueOf;
  }

  /** What the lamps show from an instant on. */
  show(lamps: Lamps, atMs: number): void {
    for (const [id, lamp] of Object.entries(lamps)) {
      const signal = this.#signals.get(id);
      if (!signal || signal.lamp === lamp) continue;
      if (lamp === 'green' || lamp === 'greenPermissive') {
        signal.isYielding = lamp === 'greenPermissive';
      }
      // From one green to another nobody starts anew.
      if (!(isGo(lamp) && isGo(signal.lamp))) signal.sinceMs = atMs;
      signal.lamp = lamp;
    }
  }

  /** When its first passes in the step that begins at `nowMs`, if he does. */
  passes(queue: Queue, nowMs: number): number | undefined {
    const [first] = queue.vehicles;
    const { turn } = first ?? {};
    const signal = turn && this.#signals.get(turn.group);
    const priority = turn && this.#priorities.get(turn);
    if (!first || !turn || !signal || !priority) return undefined;
    const { lengthM, speedMps } = turn.lane.road;
    const stands = first.speedMps === 0 && first.m >= lengthM;
    const slow = priority.walks.some((id) => isTaken(this.#signals.get(id)?.lamp)) ? 2 : 1;
    const atMs = Math.max(
      nowMs + ((lengthM - first.m) / speedMps) * 1000,
      queue.passedMs + HEADWAY_MS * slow,
    );
    const from = this.#startMs({ signal, turn, priority, stands, nowMs });
    if (from === undefined) return undefined;
    const passesMs = Math.max(atMs, from);
    return passesMs < this.#endMs(signal, nowMs) ? passesMs : undefined;
  }

  /** Somebody has passed. */
  passed(turn: Turn, atMs: number): void {
    const lamp = this.#signals.get(turn.group)?.lamp;
    if (lamp && isFlashing(lamp)) this.#allWayMs = atMs + ALL_WAY_MS;
  }

  /** From when on he may go, as far as lamps and others are concerned; undefined: not now. */
  #startMs({ signal, turn, priority, stands, nowMs }: Wanting): number | undefined {
    const { lamp, sinceMs, isYielding } = signal;
    switch (lamp) {
      case 'green':
      case 'greenPermissive': {
        if (lamp === 'greenPermissive' && this.#isTaken(priority.before)) return undefined;
        if (turn.isGuessed && this.#isTaken(priority.before)) return undefined;
        const free = stands ? sinceMs + LOST_MS : nowMs;
        const yields = lamp === 'greenPermissive' || turn.isGuessed;
        return yields ? Math.max(free, this.#lastMs(priority.before)) : free;
      }
      case 'amber':
        // Who waited for a gap in the intersection leaves it now.
        if (!stands || !(isYielding || (turn.isGuessed && priority.before.length > 0))) {
          return undefined;
        }
        if (this.#isTaken(priority.before)) return undefined;
        return Math.max(nowMs, this.#lastMs(priority.before));
      case 'flashingAmber':
      case 'flashingRed':
      case 'dark': {
        const rivals = priority.hostile.filter((foe) => this.#lampOf(foe) === 'flashingAmber');
        if (lamp === 'flashingAmber' && rivals.length === 0) return nowMs;
        if (!stands || this.#isTaken(priority.hostile)) return undefined;
        if (lamp !== 'flashingAmber' && rivals.some((foe) => this.#comes(foe))) return undefined;
        return Math.max(nowMs, this.#allWayMs);
      }
      default:
        return undefined;
    }
  }

  /** Until when he may pass in this step. A green may end at once, and its amber may not. */
  #endMs({ lamp, sinceMs, group }: Signal, nowMs: number): number {
    const stepMs = nowMs + STEP_MS;
    const amberMs = group.amberS * 1000;
    if (isGo(lamp)) return Math.min(stepMs, nowMs + amberMs);
    return lamp === 'amber' ? Math.min(stepMs, sinceMs + amberMs) : stepMs;
  }

  #lampOf({ group }: Turn): Lamp | undefined {
    return this.#signals.get(group)?.lamp;
  }

  /** Whether somebody comes whom one has to let pass. */
  #isTaken(turns: readonly Turn[]): boolean {
    return turns.some((turn) => isGo(this.#lampOf(turn)) && this.#comes(turn));
  }

  /** When the last of them passed: maybe later in this very step. */
  #lastMs(turns: readonly Turn[]): number {
    return Math.max(
      Number.NEGATIVE_INFINITY,
      ...turns.map(({ lane }) => this.#queueOf(lane).passedMs),
    );
  }

  /** Whether somebody who turns so is about to pass. */
  #comes(turn: Turn): boolean {
    const { vehicles, isBlocked } = this.#queueOf(turn.lane);
    if (isBlocked) return false;
    const { lengthM, speedMps } = turn.lane.road;
    const withinM = lengthM - GAP_S * speedMps;
    for (const vehicle of vehicles) {
      if (vehicle.m < withinM) return false;
      if (vehicle.turn === turn) return true;
      if (waits(vehicle, lengthM)) return false;
    }
    return false;
  }
}

interface Wanting {
  readonly signal: Signal;
  readonly turn: Turn;
  readonly priority: Priority;
  readonly stands: boolean;
  readonly nowMs: number;
}

/** Somebody who waits for a gap holds all who come behind him. */
const waits = ({ m, speedMps, turn }: Vehicle, lengthM: number): boolean =>
  speedMps === 0 && m >= lengthM && (turn?.direction === 'l' || turn?.direction === 't');

const isGo = (lamp: Lamp | undefined): boolean => lamp === 'green' || lamp === 'greenPermissive';

const isFlashing = (lamp: Lamp): boolean =>
  lamp === 'flashingAmber' || lamp === 'flashingRed' || lamp === 'dark';

/** Whether walkers are on the road. */
const isTaken = (lamp: Lamp | undefined): boolean => isGo(lamp) || lamp === 'amber';

const prioritiesOf = (
  { conflicts, yields, groups }: Intersection,
  lanes: readonly Lane[],
): Map<Turn, Priority> => {
  const turns = lanes.flatMap((lane) => lane.turns);
  const walkers = new Set(groups.filter(({ kind }) => kind === 'pedestrian').map(({ id }) => id));
  return new Map(
    turns.map((turn): [Turn, Priority] => {
      const yieldsTo = yields.flatMap(([from, to]) => (from === turn.group ? [to] : []));
      const foes = [...conflicts, ...yields].flatMap(([a, b]) =>
        a === turn.group ? [b] : b === turn.group ? [a] : [],
      );
      const oncoming = turns.filter((other) => isOncoming(turn, other));
      const before = turns.filter(({ group }) => yieldsTo.includes(group));
      return [
        turn,
        {
          before: [...before, ...oncoming],
          hostile: [...turns.filter(({ group }) => foes.includes(group)), ...oncoming],
          walks: yieldsTo.filter((id) => walkers.has(id)),
        },
      ];
    }),
  );
};

/** Where no file says how lamps keep them apart, who turns left lets oncoming traffic pass. */
const isOncoming = (turn: Turn, other: Turn): boolean => {
  if (!turn.isGuessed || turn.direction === 's' || turn.direction === 'r') return false;
  if (other.direction === 'l' || other.direction === 't') return false;
  return dot(turn.lane.towards, other.lane.towards) < OPPOSITE;
};
const OPPOSITE = -Math.cos(Math.PI / 4);
