/**
 * What is remembered of a run for its figures and diagrams: what lamps showed, who came when, and
 * for a while where every vehicle was. Instants are milliseconds after the scenario's beginning.
 */
import type { District } from '../protocol/check-district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import { Arrivals } from '../traffic/arrivals.ts';
import type { SumoNetwork } from '../traffic/sumo-network.ts';
import type { Sighting } from '../traffic/sumo-sightings.ts';
import {
  type Change,
  greensOf,
  type Span,
  shownStrip,
} from '../visualizer/views/time-space/strip.ts';

/** Where all vehicles were at an instant. */
export interface Moment {
  readonly ms: number;
  readonly sightings: readonly Sighting[];
}

/** How many came, and how many of them during green. */
export interface OnGreen {
  readonly arrivals: number;
  readonly onGreen: number;
}

/** Where nothing is said of a lane, it is a street of a town. In metres a second. */
const TOWN_MPS = 13.9;

export class DriveRecord {
  readonly moments: Moment[] = [];
  readonly #arrivals: Arrivals;
  readonly #changes = new Map<string, Change[]>();
  readonly #span: Span | undefined;
  #nowMs = 0;

  /** `span`: when it is remembered where all vehicles are. */
  constructor(district: District, roads: Pick<SumoNetwork, 'edges'>, span?: Span) {
    this.#span = span;
    this.#arrivals = new Arrivals(speedsOf(district, roads));
  }

  show(intersection: string, lamps: Lamps, atMs: number): void {
    const changes = this.#changes.get(intersection);
    if (changes) changes.push({ atMs, lamps });
    else this.#changes.set(intersection, [{ atMs, lamps }]);
  }

  see(ms: number, sightings: readonly Sighting[]): void {
    this.#nowMs = ms;
    this.#arrivals.see(ms / 1000, sightings);
    if (this.#span && ms >= this.#span.fromMs && ms <= this.#span.toMs) {
      this.moments.push({ ms, sightings });
    }
  }

  /** All that has been until now. */
  get whole(): Span {
    return { fromMs: 0, toMs: this.#nowMs };
  }

  changesOf(intersection: string): readonly Change[] {
    return this.#changes.get(intersection) ?? [];
  }

  /** When somebody came to these groups, or would have, had nothing held him up. */
  arrivalsAt(intersection: string, groups: readonly string[]): number[] {
    return this.#arrivals.all
      .filter((one) => one.intersection === intersection && groups.includes(one.group))
      .map(({ atS }) => atS * 1000)
      .filter((ms) => ms <= this.#nowMs)
      .sort((a, b) => a - b);
  }

  onGreen(intersection: string, groups: readonly string[]): OnGreen {
    const greens = greensOf(shownStrip(this.changesOf(intersection), groups, this.whole));
    const arrivals = this.arrivalsAt(intersection, groups);
    let place = 0;
    const onGreen = arrivals.filter((ms) => {
      while ((greens[place]?.toMs ?? Number.POSITIVE_INFINITY) <= ms) place += 1;
      return (greens[place]?.fromMs ?? Number.POSITIVE_INFINITY) <= ms;
    });
    return { arrivals: arrivals.length, onGreen: onGreen.length };
  }

  /** Of all who came to any lamps. */
  total({ intersections }: District): OnGreen {
    let [arrivals, onGreen] = [0, 0];
    for (const { id, groups } of intersections) {
      for (const group of groups) {
        const one = this.onGreen(id, [group.id]);
        arrivals += one.arrivals;
        onGreen += one.onGreen;
      }
    }
    return { arrivals, onGreen };
  }
}

export const percentOf = ({ arrivals, onGreen }: OnGreen): number =>
  arrivals > 0 ? (100 * onGreen) / arrivals : 0;

/** The speed limit before the stop line of a group, by its lanes. */
const speedsOf = ({ intersections }: District, { edges }: Pick<SumoNetwork, 'edges'>) => {
  const lanes = new Map(
    [...edges.values()].flatMap((edge) => edge.lanes.map(({ id, speedMps }) => [id, speedMps])),
  );
  const speeds = new Map(
    intersections.flatMap(({ id, groups }) =>
      groups.map(({ id: group, movements = [] }) => {
        const limits = movements.flatMap(({ from }) => lanes.get(from) ?? []);
        return [`${id} ${group}`, limits.length > 0 ? Math.max(...limits) : TOWN_MPS] as const;
      }),
    ),
  );
  return (intersection: string, group: string) =>
    speeds.get(`${intersection} ${group}`) ?? TOWN_MPS;
};
