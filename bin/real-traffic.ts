/**
 * Traffic beside real lamps: the queue model in real time, on the monotonic clock, by what the lamp
 * driver says that it shows. Its sensors are heard by nodes as real ones would be, at a socket.
 */
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { faultWords } from '../simulation/fault-words.ts';
import { random } from '../simulation/random.ts';
import { StreetLife, stamped } from '../traffic/street-life.ts';
import { SensorDoors } from './sensor-door.ts';
import type { UpTraffic } from './up-traffic.ts';

/** How often it is looked whether a second has passed. In milliseconds. */
const LOOK_MS = 100;

export interface RealTrafficOptions {
  readonly district: District;
  readonly seed: number;
  /** Vehicles an hour; ordinary traffic by default. */
  readonly demand?: number | undefined;
  readonly tell: (line: JournalLine) => void;
}

export class RealTraffic implements UpTraffic {
  readonly #life: StreetLife;
  readonly #tell: (line: JournalLine) => void;
  readonly #doors: SensorDoors;
  #timer: NodeJS.Timeout | undefined;

  constructor({ district, seed, demand, tell }: RealTrafficOptions) {
    this.#tell = tell;
    this.#doors = new SensorDoors(district);
    this.#life = new StreetLife({
      ...{ district, perHour: demand, sense: this.#doors.tell },
      chance: (name) => random(seed, name).next,
      startMs: performance.now(),
      sensing: 'vehicles',
      tell: (line) => tell(stamped(line, Date.now())),
    });
  }

  open(): Promise<void> {
    return this.#doors.open();
  }

  begin(): void {
    this.#life.begin();
    this.#timer = setInterval(() => this.#life.passTo(performance.now()), LOOK_MS);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#doors.close();
  }

  hear(line: JournalLine): void {
    if (line.kind === 'lamps') this.#life.show(line.intersection, line.lamps, performance.now());
  }

  demand = (perHour: number): void => {
    this.#life.demand(perHour);
    const message = faultWords.demand(perHour);
    this.#tell({ t: Date.now(), node: 'city', kind: 'error', message });
  };

  summary() {
    const { came, left, inside, outside, meanDelayS } = this.#life.figures;
    const delayS = meanDelayS === undefined ? null : Math.round(meanDelayS * 10) / 10;
    return {
      by: 'a queue model',
      perHour: this.#life.perHour,
      came,
      left,
      inside,
      outside,
      meanDelayS: delayS,
    };
  }
}
