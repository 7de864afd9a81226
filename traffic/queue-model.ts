/**
 * The queue model: traffic on the roads of any district, without SUMO. Vehicles drive at the speed of
 * their road, wait at stop lines as the lamps that are really shown have it, go on at the saturation
 * flow, and stand where there is no room ahead (spill-back). Demand is drawn from a seed. Pure; a
 * second is a step, and the same seed, demand and lamps give the same traffic.
 *
 * It is a picture of traffic, not a study of it. Vehicles have one length and no acceleration: each
 * follows the one ahead as Newell has it (2002, a simplified car-following theory: where the leader
 * was a moment ago, less a length). They do not overtake or change lanes between stop lines, turn
 * pockets are as long as their road, an intersection is crossed at the speed of the next road, and
 * walkers are there whenever they may be. For figures that count, drive in SUMO.
 */
import type { Intersection, Link } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Plan } from '../protocol/plan.ts';
import { Delays, type TrafficFigures } from './delays.ts';
import { type Chance, Drivers } from './drivers.ts';
import { Gates } from './gates.ts';
import {
  JAM_M,
  type Passing,
  type Queue,
  STANDING_MPS,
  STEP_MS,
  type Vehicle,
} from './road-user.ts';
import { type Choice, type Lane, type Road, type Roads, roadsOf } from './roads.ts';
import { StopLine } from './stop-line.ts';

export interface QueueModelOptions {
  readonly intersections: readonly Intersection[];
  readonly links: readonly Link[];
  readonly plans: readonly Plan[];
  readonly chance: Chance;
  /** When it begins. In milliseconds of whoever steps it. */
  readonly startMs: number;
  /** Vehicles an hour that come into the district; ordinary traffic by default. */
  readonly perHour?: number | undefined;
}

/** A lane, and the way on from it. */
interface Way {
  readonly lane: Lane;
  readonly turn: Vehicle['turn'];
}

export class QueueModel {
  readonly roads: Roads;
  readonly #drivers: Drivers;
  readonly #queues: readonly Queue[];
  readonly #stopLines: ReadonlyMap<string, StopLine>;
  readonly #gates = new Gates();
  readonly #delays = new Delays();
  /** What each wants on the next road: drawn once, however long he waits for room there. */
  readonly #wishes = new Map<Vehicle, Choice | undefined>();
  #nowMs: number;
  #steps = 0;
  #came = 0;

  constructor({ intersections, links, plans, chance, startMs, perHour }: QueueModelOptions) {
    this.roads = roadsOf({ intersections, links });
    this.#drivers = new Drivers(this.roads, plans[0], chance);
    this.#nowMs = startMs;
    this.#queues = this.roads.lanes.map((lane) => ({
      ...{ lane, vehicles: [], isBlocked: false, passedM: undefined },
      passedMs: Number.NEGATIVE_INFINITY,
    }));
    this.#stopLines = new Map(
      intersections.map((one) => [
        one.id,
        new StopLine(one, this.roads.approaching.get(one.id) ?? [], this.queueOf),
      ]),
    );
    this.demand(perHour ?? this.#drivers.ordinaryPerHour);
  }

  /** Up to when traffic is known. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get perHour(): number {
    return this.#drivers.perHour;
  }

  get ordinaryPerHour(): number {
    return this.#drivers.ordinaryPerHour;
  }

  /** From now on so many come, an hour. */
  demand(perHour: number): void {
    this.#drivers.demand(perHour, this.#nowMs);
  }

  /** What the lamps of an intersection show from an instant on. */
  show(intersection: string, lamps: Lamps, atMs: number): void {
    this.#stopLines.get(intersection)?.show(lamps, atMs);
  }

  queueOf = (lane: Lane): Queue => this.#queues[lane.index] as Queue;

  /** Everybody on the roads. */
  *vehicles(): Generator<Vehicle> {
    for (const { vehicles } of this.#queues) yield* vehicles;
  }

  figures(): TrafficFigures {
    const everybody = [...this.vehicles()];
    return {
      inside: everybody.length,
      queue: everybody.filter(({ speedMps }) => speedMps < STANDING_MPS).length,
      outside: this.#gates.count,
      came: this.#came,
      ...this.#delays.figures(this.#nowMs),
    };
  }

  /** Lets a second pass; tells who passed a stop line in it. */
  step(): readonly Passing[] {
    this.#steps += 1;
    const passings = this.#pass();
    for (const queue of this.#queues) this.#move(queue);
    const untilMs = this.#nowMs + STEP_MS;
    for (const { road, atMs } of this.#drivers.until(untilMs)) this.#arrive(road, atMs);
    this.#gates.letIn(untilMs, (vehicle, road, choice) => {
      const way = this.#emptiest(road, choice, (lane) => this.#endM(lane));
      if (way) this.#join(vehicle, way, 0);
      return way !== undefined;
    });
    this.#nowMs = untilMs;
    return passings;
  }

  /** The first of each lane goes on, if he may and there is room. Another lane begins each time, so
   *  that no one is always first where two lanes lead into one. */
  #pass(): Passing[] {
    const passings: Passing[] = [];
    const count = this.#queues.length;
    for (let k = 0; k < count; k += 1) {
      const queue = this.#queues[(k + this.#steps) % count] as Queue;
      queue.isBlocked = false;
      queue.passedM = undefined;
      const { to } = queue.lane.road;
      const [vehicle] = queue.vehicles;
      const turn = vehicle?.turn;
      const stopLine = to === undefined ? undefined : this.#stopLines.get(to);
      if (!vehicle || !turn || !stopLine || vehicle.step === this.#steps) continue;
      const atMs = stopLine.passes(queue, this.#nowMs);
      if (atMs === undefined) continue;
      const next = this.#room(vehicle, turn.to);
      if (!next) {
        queue.isBlocked = true;
        continue;
      }
      queue.vehicles.shift();
      queue.passedM = vehicle.m;
      queue.passedMs = atMs;
      stopLine.passed(turn, atMs);
      this.#enter(vehicle, next, atMs);
      passings.push({ vehicle, turn, atMs });
    }
    return passings;
  }

  /** The lane in which somebody can go on, if there is one, and his way on from there. */
  #room(vehicle: Vehicle, road: Road): Way | undefined {
    if (!this.#wishes.has(vehicle)) this.#wishes.set(vehicle, this.#drivers.choice(road));
    return this.#emptiest(road, this.#wishes.get(vehicle), (lane) => this.#endBeforeM(lane));
  }

  #emptiest(road: Road, choice: Choice | undefined, endM: (lane: Lane) => number) {
    const ways: readonly Way[] =
      choice?.turns.map((turn) => ({ lane: turn.lane, turn })) ??
      road.lanes.map((lane) => ({ lane, turn: undefined }));
    let best: Way | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const way of ways) {
      const { length } = this.queueOf(way.lane).vehicles;
      if (length >= fewest || endM(way.lane) < JAM_M) continue;
      [best, fewest] = [way, length];
    }
    return best;
  }

  /** Where the last of a lane is. */
  #endM(lane: Lane): number {
    const { vehicles, passedM = Number.POSITIVE_INFINITY } = this.queueOf(lane);
    return vehicles.at(-1)?.m ?? passedM;
  }

  /** Where he was when this step began; who has come since was not there yet. */
  #endBeforeM(lane: Lane): number {
    return this.queueOf(lane).vehicles.at(-1)?.step === this.#steps ? 0 : this.#endM(lane);
  }

  #enter(vehicle: Vehicle, way: Way, atMs: number): void {
    const { speedMps, lengthM } = way.lane.road;
    const beforeM = vehicle.m - vehicle.lane.road.lengthM;
    const leftS = (this.#nowMs + STEP_MS - atMs) / 1000;
    const m = Math.min(speedMps * leftS, this.#endBeforeM(way.lane) - JAM_M, lengthM);
    this.#wishes.delete(vehicle);
    this.#join(vehicle, way, m);
    this.#drive(vehicle, m, m - beforeM);
  }

  #join(vehicle: Vehicle, { lane, turn }: Way, m: number): void {
    this.queueOf(lane).vehicles.push(vehicle);
    vehicle.lane = lane;
    vehicle.turn = turn;
    vehicle.m = m;
    vehicle.step = this.#steps;
  }

  /** Those of a lane, first one first, each by where the one ahead was before. */
  #move({ lane, vehicles, passedM }: Queue): void {
    const { lengthM, speedMps } = lane.road;
    let aheadM = passedM ?? Number.POSITIVE_INFINITY;
    const isEnd = lane.turns.length === 0;
    for (const vehicle of vehicles) {
      if (vehicle.step === this.#steps) continue;
      const { m } = vehicle;
      const free = m + speedMps * (STEP_MS / 1000);
      const next = Math.max(m, Math.min(free, aheadM - JAM_M, isEnd ? free : lengthM));
      aheadM = m;
      this.#drive(vehicle, next, next - m);
    }
    while (isEnd && (vehicles[0]?.m ?? 0) >= lengthM) this.#leave(vehicles.shift() as Vehicle);
  }

  #drive(vehicle: Vehicle, m: number, byM: number): void {
    vehicle.m = m;
    vehicle.step = this.#steps;
    vehicle.speedMps = byM / (STEP_MS / 1000);
    const { speedMps } = vehicle.lane.road;
    vehicle.delayS += (STEP_MS / 1000) * Math.max(0, 1 - vehicle.speedMps / speedMps);
  }

  #leave({ delayS }: Vehicle): void {
    this.#delays.left(this.#nowMs + STEP_MS, delayS);
  }

  #arrive(road: Road, atMs: number): void {
    const [lane] = road.lanes;
    if (!lane) return;
    this.#came += 1;
    const { speedMps } = road;
    const vehicle = { id: this.#came, lane, turn: undefined, m: 0, speedMps, delayS: 0, step: 0 };
    this.#gates.arrive(road, { atMs, vehicle, choice: this.#drivers.choice(road) });
  }
}
