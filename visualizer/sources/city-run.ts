/**
 * A city that runs in small pieces: the real one of `simulation/`, in virtual time that somebody
 * else lets pass. It knows no worker, so that tests run it as it is.
 *
 * A run is a function of seed, district and deeds. A deed is done between two pieces, so doing it
 * again at the same virtual instant gives the same run: that is what makes a moment a link.
 */
import type { District } from '../../protocol/check-district.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import { callOf, legsOf } from '../../protocol/route.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { faultWords } from '../../simulation/fault-words.ts';
import { random } from '../../simulation/random.ts';
import type { StreetLife } from '../../traffic/street-life.ts';
import type { Deed, DeedKind } from '../deed.ts';
import type { Opening } from '../opening.ts';
import { Contents } from './contents.ts';

type Concern = Parameters<ReturnType<City['place']>['stateOf']>[0];

/** Clocks of a few hosts, as far apart and as unsteady as good crystals. */
const CLOCKS = { offsetMsMax: 200, driftPpmMax: 30 };
/**
 * When traffic comes: until then there are no greens, and the page need not load what drives. And
 * one step of it. In virtual milliseconds.
 */
const TRAFFIC_FROM_MS = 8000;
const TRAFFIC_MS = 1000;
/** Of how many intersections a page has the time to plan each by its sensors, every second. */
const SENSED_MAX = 50;

export class CityRun {
  readonly #city: City;
  readonly #contents = new Contents();
  readonly #seed: number;
  readonly #shown = new Map<string, Lamps>();
  #life: StreetLife | undefined;
  #perHour: number | undefined;
  #lines: JournalLine[] = [];
  readonly #deeds: { [K in DeedKind]: (deed: Extract<Deed, { kind: K }>) => void } = {
    kill: ({ node }) => this.#city.kill(node),
    restart: ({ node }) => this.#city.restart(node),
    stop: ({ node }) => this.#city.stop(node),
    stall: ({ node, forS }) => this.#city.stall(node, forS * 1000),
    partition: ({ sides }) => this.#city.partition(sides),
    cut: ({ from, to }) => {
      this.#city.cut(from, to);
      this.#city.cut(to, from);
    },
    slow: ({ from, to, byMs }) => this.#delay(from, to, byMs),
    mend: ({ from, to }) => {
      this.#city.mend(from, to);
      this.#city.mend(to, from);
      this.#delay(from, to, 0);
    },
    heal: () => this.#city.heal(),
    weather: ({ lossRatio, latencyMsMax }) => this.#city.weather({ lossRatio, latencyMsMax }),
    drift: ({ node, ppm }) => this.#city.drift(node, ppm),
    preempt: (deed) => this.#preempt(deed),
    demand: ({ perHour }) => {
      this.#perHour = perHour;
      this.#life?.demand(perHour);
      this.#note(faultWords.demand(perHour));
    },
  };

  constructor({ seed, district }: { seed: number; district: District }) {
    this.#seed = seed;
    this.#city = createCity({
      seed,
      district,
      clocks: CLOCKS,
      journal: (line) => this.#hear(this.#contents.without(line)),
      hasContents: true,
    });
    this.#city.start();
  }

  get opening(): Opening {
    const { name, intersections, links } = this.#city.district;
    return { name, streets: { intersections, links } };
  }

  get nowMs(): number {
    return this.#city.now();
  }

  /** What was unsafe, if anything was; then the city stands still. */
  get violation(): string | undefined {
    const [first] = this.#city.violations;
    return first && JSON.stringify(first);
  }

  /** The lines since they were last taken. */
  take(): JournalLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /** Lets virtual time pass up to an instant. */
  async run(untilMs: number): Promise<void> {
    if (!this.#life && untilMs >= TRAFFIC_FROM_MS) {
      await this.#city.run(TRAFFIC_FROM_MS);
      if (this.violation === undefined) await this.#beginTraffic();
    }
    await this.#city.run(untilMs);
  }

  /** What a machine of a node remembers now, if it runs. Contexts are plain JSON. */
  contextOf(node: string, machine: string): unknown {
    if (!this.#city.ids.includes(node)) return undefined;
    return this.#city.place(node).stateOf(machine as Concern)?.context;
  }

  /** What a message says, by its sender and id, if that is not too long ago. */
  contentsOf(key: string): object | undefined {
    return this.#contents.of(key);
  }

  /** What all messages say of which that is still known, by sender and id. */
  allContents(): (readonly [string, object])[] {
    return this.#contents.all();
  }

  /** Does it now; throws when there is nobody to do it to. */
  act(deed: Deed): void {
    if ('node' in deed && !this.#city.ids.includes(deed.node)) {
      throw new Error(`no node ${deed.node}`);
    }
    const doing = this.#deeds[deed.kind] as (deed: Deed) => void;
    doing(deed);
  }

  async #beginTraffic(): Promise<void> {
    const { StreetLife, stamped } = await import('../../traffic/street-life.ts');
    const life = new StreetLife({
      district: this.#city.district,
      chance: (name) => random(this.#seed, `traffic ${name}`).next,
      startMs: TRAFFIC_FROM_MS,
      sensing: 'vehicles',
      perHour: this.#perHour,
      tell: (line) => this.#lines.push(stamped(line, Math.floor(this.#city.now()))),
      sense: (intersection, read) => {
        const { length } = this.#city.district.intersections;
        if (length <= SENSED_MAX) this.#city.sense(intersection, read);
      },
    });
    this.#life = life;
    for (const [id, lamps] of this.#shown) life.show(id, lamps, TRAFFIC_FROM_MS);
    life.begin();
    this.#letTrafficPass();
  }

  #hear(line: JournalLine): void {
    this.#lines.push(line);
    if (line.kind !== 'lamps') return;
    this.#shown.set(line.intersection, line.lamps);
    this.#life?.show(line.intersection, line.lamps, this.#city.now());
  }

  #letTrafficPass = (): void => {
    const nowMs = this.#city.now();
    this.#life?.passTo(nowMs);
    this.#city.at(nowMs + TRAFFIC_MS, this.#letTrafficPass);
  };

  /** What is done to its traffic stands in its journal too. */
  #note(message: string): void {
    const t = Math.floor(this.#city.now());
    this.#lines.push({ t, node: 'city', kind: 'error', message });
  }

  /** Somebody of the district asks for it, as an operator's command would. */
  #preempt({ route, forS }: Extract<Deed, { kind: 'preempt' }>): void {
    const [asker] = this.#city.running();
    if (asker === undefined) throw new Error('no node runs that could be asked');
    for (const leg of legsOf(this.#city.district, route, forS))
      this.#city.place(asker).propose(callOf(leg));
  }

  #delay(from: string, to: string, ms: number): void {
    this.#city.delay(from, to, ms);
    this.#city.delay(to, from, ms);
  }
}
