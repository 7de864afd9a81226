/**
 * Watches what becomes of a city while things are done to it: who leads, for how long nobody does, and
 * where lamps flash. A figure beside those of the traffic, so that one sees what a fault did.
 */
import { isFlashing, type Lamps } from '../protocol/lamp.ts';
import type { City } from '../simulation/city.ts';

export interface Leader {
  readonly leader: string;
  readonly term: number;
}

/** What became of the city. Instants are seconds after the scenario's beginning. */
export interface CityOutcome {
  /** What was done, in words. */
  readonly deeds: readonly { readonly atS: number; readonly what: string }[];
  /** Each leader from when on he led; the first is the one that the run began with. */
  readonly leaders: readonly ({ readonly atS: number } & Leader)[];
  readonly leaderlessS: number;
  /** Where lamps flashed, and for how long on end. */
  readonly flashing: readonly {
    readonly intersection: string;
    readonly atS: number;
    readonly forS: number;
  }[];
}

/** Who leads: of several, who leads the latest term, because the others do not know of it yet. */
export const leaderOf = (city: City): Leader | undefined =>
  city
    .running()
    .flatMap((id): Leader[] => {
      const state = city.place(id).stateOf('election');
      if (state?.value !== 'leader') return [];
      return [{ leader: id, term: (state.context as { term: number }).term }];
    })
    .sort((a, b) => b.term - a.term)[0];

export class CityWatch {
  readonly #deeds: { atS: number; what: string }[] = [];
  readonly #leaders: ({ atS: number } & Leader)[] = [];
  readonly #flashes: { intersection: string; atS: number; forS: number }[] = [];
  readonly #flashingSince = new Map<string, number>();
  /** What it looks at, once the scenario has begun. */
  #city: City | undefined;
  #originMs = 0;
  #leaderlessS = 0;

  /** The scenario begins now, with these lamps. */
  begin(city: City, lamps: ReadonlyMap<string, Lamps>): void {
    this.#city = city;
    this.#originMs = city.now();
    for (const [intersection, shown] of lamps) this.show(intersection, shown);
    this.look(0);
  }

  /** Something was done to the city. */
  tell = (what: string): void => {
    this.#deeds.push({ atS: this.#nowS(), what });
  };

  /** An intersection shows these lamps from now on. */
  show(intersection: string, lamps: Lamps): void {
    if (!this.#city) return;
    const since = this.#flashingSince.get(intersection);
    const flashes = Object.values(lamps).some(isFlashing);
    if (flashes && since === undefined) {
      this.#flashingSince.set(intersection, this.#city.now());
    } else if (!flashes && since !== undefined) {
      this.#flashed(intersection, since);
    }
  }

  /** So much time has passed since the last look. */
  look(stepS: number): void {
    const now = this.#city && leaderOf(this.#city);
    const last = this.#leaders.at(-1);
    if (!now) this.#leaderlessS += stepS;
    else if (now.leader !== last?.leader || now.term !== last.term) {
      this.#leaders.push({ atS: this.#nowS(), ...now });
    }
  }

  /** What became of it; the run ends here. */
  end(): CityOutcome {
    for (const [intersection, since] of this.#flashingSince) this.#flashed(intersection, since);
    return {
      deeds: this.#deeds,
      leaders: this.#leaders,
      leaderlessS: this.#leaderlessS,
      flashing: this.#flashes.sort((a, b) => a.atS - b.atS),
    };
  }

  #flashed(intersection: string, sinceMs: number): void {
    this.#flashingSince.delete(intersection);
    const atS = this.#secondsTo(sinceMs);
    const forS = tenths(this.#nowS() - atS);
    if (forS > 0) this.#flashes.push({ intersection, atS, forS });
  }

  #nowS = (): number => this.#secondsTo(this.#city?.now() ?? this.#originMs);

  #secondsTo = (ms: number): number => tenths((ms - this.#originMs) / 1000);
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
