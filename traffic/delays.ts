/** What those lost who left lately: the mean delay, as one reads it off a live district. Pure. */

/** Over how long it is taken. In milliseconds. */
const RECENT_MS = 300_000;

/** Traffic in figures. */
export interface TrafficFigures {
  /** Vehicles on the roads, and of these those that stand. */
  readonly inside: number;
  readonly queue: number;
  /** Those that find no room to come in. */
  readonly outside: number;
  /** Since the model began. */
  readonly came: number;
  readonly left: number;
  /** Lost by each who left in the last minutes; undefined while nobody has. In seconds. */
  readonly delayS: number | undefined;
  /** The same since the model began. */
  readonly meanDelayS: number | undefined;
}

export class Delays {
  readonly #recent: { readonly atMs: number; readonly delayS: number }[] = [];
  #count = 0;
  #sumS = 0;

  left(atMs: number, delayS: number): void {
    this.#recent.push({ atMs, delayS });
    this.#count += 1;
    this.#sumS += delayS;
  }

  figures(nowMs: number): Pick<TrafficFigures, 'left' | 'delayS' | 'meanDelayS'> {
    while ((this.#recent[0]?.atMs ?? nowMs) < nowMs - RECENT_MS) this.#recent.shift();
    const recentS = this.#recent.reduce((sum, { delayS }) => sum + delayS, 0);
    return {
      left: this.#count,
      delayS: meanOf(recentS, this.#recent.length),
      meanDelayS: meanOf(this.#sumS, this.#count),
    };
  }
}

const meanOf = (sum: number, count: number) => (count > 0 ? sum / count : undefined);
