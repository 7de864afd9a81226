/**
 * The sensors of the queue model: what loops, cameras or vehicles would say of its traffic, in the
 * same words as those of SUMO, so that whoever controls cannot tell them apart. Pure.
 */
import {
  type LoopReading,
  type Read,
  type Reading,
  SENSED_M_MAX,
  type Sensing,
} from '../protocol/readings.ts';
import type { QueueModel } from './queue-model.ts';
import { type Passing, STANDING_MPS, STEP_MS, type Vehicle } from './road-user.ts';
import type { Lane } from './roads.ts';

/** Under the first vehicle that waits. In metres. */
const STOP_LINE_M = 2;
/** How long one drives from the advance loop to the stop line, as in SUMO. In seconds. */
const ADVANCE_S = 5;
/** A car. In metres. */
const CAR_M = 4.5;
const STEP_S = STEP_MS / 1000;

export class QueueSensors {
  readonly #model: QueueModel;
  readonly #sensing: Sensing;
  /** When somebody last left each loop. In milliseconds of the model. */
  readonly #leftMs = new Map<string, number>();
  readonly #startMs: number;

  constructor(model: QueueModel, sensing: Sensing) {
    this.#model = model;
    this.#sensing = sensing;
    this.#startMs = model.nowMs;
  }

  /** What the sensors of each intersection say of the step that has just passed. */
  read(passings: readonly Passing[]): Map<string, Read> {
    const { approaching } = this.#model.roads;
    const read = ([id, lanes]: [string, readonly Lane[]]): [string, Read] => {
      const readings = lanes.flatMap((lane) => this.#readingsOf(lane, passings));
      return [id, { sensing: this.#sensing, stepS: STEP_S, readings }];
    };
    return new Map([...approaching].map(read));
  }

  #readingsOf(lane: Lane, passings: readonly Passing[]): Reading[] {
    const { lengthM } = lane.road;
    const reachM = Math.min(SENSED_M_MAX, lengthM);
    const near = this.#model.queueOf(lane).vehicles.filter(({ m }) => lengthM - m <= reachM);
    switch (this.#sensing) {
      case 'loops':
        return this.#loops(lane, near, passings);
      case 'lanes': {
        const queue = near.filter(({ speedMps }) => speedMps < STANDING_MPS).length;
        const place = { nearM: 0, farM: reachM, lanes: [lane.name], groups: groupsOf(lane) };
        return [{ kind: 'lane', ...place, vehicles: near.length, queue }];
      }
      case 'vehicles':
        return near.flatMap(({ id, m, speedMps, turn }): Reading[] =>
          turn
            ? [
                {
                  ...{ kind: 'vehicle', vehicle: `${id}`, place: 'approach', lane: lane.name },
                  ...{ group: turn.group, distanceM: lengthM - m, speedMps },
                },
              ]
            : [],
        );
    }
  }

  #loops(lane: Lane, near: readonly Vehicle[], passings: readonly Passing[]): LoopReading[] {
    const { lengthM, speedMps } = lane.road;
    const advanceM = Math.min(ADVANCE_S * speedMps, lengthM / 2);
    const atM = lengthM - advanceM;
    const passed = passings.filter(({ turn }) => turn.lane === lane).length;
    const crossed = near.filter(
      (vehicle) => vehicle.m >= atM && vehicle.m - vehicle.speedMps * STEP_S < atM,
    ).length;
    const stands = (fromM: number, toM: number) =>
      near.some((one) => one.speedMps < STANDING_MPS && one.m >= fromM && one.m < toM);
    return [
      this.#loop(lane, {
        ...{ place: 'stopLine', distanceM: STOP_LINE_M, passed },
        isTaken: stands(lengthM - STOP_LINE_M, Number.POSITIVE_INFINITY),
      }),
      this.#loop(lane, {
        ...{ place: 'advance', distanceM: advanceM, passed: crossed },
        isTaken: stands(atM, atM + CAR_M + STOP_LINE_M),
      }),
    ];
  }

  #loop(lane: Lane, { isTaken, ...site }: LoopSite): LoopReading {
    const loop = `${site.place}~${lane.name}`;
    const { nowMs } = this.#model;
    if (site.passed > 0) this.#leftMs.set(loop, nowMs);
    const sinceMs = nowMs - (this.#leftMs.get(loop) ?? this.#startMs);
    const over = (site.passed * (CAR_M + STOP_LINE_M)) / (lane.road.speedMps * STEP_S);
    return {
      ...{ kind: 'loop', loop, ...site, lanes: [lane.name], groups: groupsOf(lane) },
      occupancy: isTaken ? 1 : Math.min(1, over),
      gapS: isTaken ? 0 : sinceMs / 1000,
    };
  }
}

interface LoopSite extends Pick<LoopReading, 'place' | 'distanceM' | 'passed'> {
  readonly isTaken: boolean;
}

const groupsOf = ({ turns }: Lane): string[] => [...new Set(turns.map(({ group }) => group))];
