/**
 * The cabinet of one simulated intersection: the real lamp driver on the clock of the cabinet's
 * host, and the line between it and its nodes. Like the real one it goes on when its node stalls
 * or dies.
 */
import type { LampHandlers, OpenLamps } from '../actors/lamps.ts';
import { createDriver, type Driver } from '../cabinet/driver.ts';
import { Inputs } from '../cabinet/inputs.ts';
import { memoryLatch } from '../cabinet/latch.ts';
import type { Intersection } from '../protocol/district.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import type { LampsInput } from '../protocol/lamp-line.ts';
import { isLater, type LastWord } from '../protocol/life.ts';
import type { HostClock } from './host.ts';

/** How long a line takes from a process to another on one host. */
const LINE_MS = 0.2;
/** How long a driver takes to let a node in and to compare clocks with it. */
const ENTER_MS = 5;

export interface CabinetOptions {
  readonly intersection: Intersection;
  readonly clock: HostClock;
  /** `byHardware`: without the driver, which was not there. */
  readonly shown: (lamps: Lamps, byHardware: boolean) => void;
  readonly report: (message: string) => void;
}

const DARK: ReadonlySet<Lamp> = new Set(['red', 'dark', 'flashingRed']);

interface Line {
  readonly arrive: (hear: () => void) => void;
  readonly handlers: LampHandlers;
  isOpen: boolean;
}

export class Cabinet {
  readonly #clock: HostClock;
  readonly #driver: Driver;
  readonly #intersection: string;
  readonly #inputs: Inputs;
  readonly #shown: CabinetOptions['shown'];
  #isFlashed = false;
  /** Having slept, it may flash at once, as its hardware would have. */
  #isWaking = false;
  readonly #lines = new Set<Line>();

  constructor({ intersection, clock, shown, report }: CabinetOptions) {
    this.#clock = clock;
    this.#intersection = intersection.id;
    this.#inputs = new Inputs({
      intersection,
      clock,
      tell: (input) => {
        for (const line of this.#lines) this.#tell(line, () => line.handlers.input(input));
      },
    });
    this.#shown = shown;
    this.#driver = createDriver({
      intersection,
      clock,
      latch: memoryLatch(),
      show: (lamps) => {
        this.#light(lamps);
        for (const line of this.#lines) this.#tell(line, () => line.handlers.shown(lamps));
      },
      report,
    });
  }

  /** Sets an input, or takes it back. */
  input(input: Omit<LampsInput, 'type' | 'intersection'>): void {
    this.#inputs.set({ type: 'lamps.input', intersection: this.#intersection, ...input });
  }

  /** How a process reaches the driver; `arrive` hands over to its loop what the driver says. */
  openFor =
    (arrive: (hear: () => void) => void): OpenLamps =>
    ({ node, incarnation }, handlers) => {
      const line: Line = { arrive, handlers, isOpen: true };
      let counter = 0;
      const enter = () => {
        if (!line.isOpen) return;
        this.#lines.add(line);
        const last = this.#driver.lastWordOf(node);
        if (last && isLater(last, { incarnation, counter })) {
          this.#tell(line, () => handlers.outlived(last.incarnation));
          return;
        }
        this.#tell(line, () => handlers.ready({ boundMs: 0 }));
        const lamps = this.#driver.lamps();
        this.#tell(line, () => handlers.shown(lamps));
        for (const input of this.#inputs.standing()) this.#tell(line, () => handlers.input(input));
      };
      this.#clock.setTimeout(enter, ENTER_MS);
      return {
        show: ({ timelines, notAfterMs, ticket }) => {
          counter += 1;
          const command = { incarnation, counter, notAfterMs, timelines };
          const say = () => {
            const { refused } = this.#driver.accept(command);
            const last = this.#driver.lastWordOf(node);
            if (last && isLater(last, { incarnation, counter })) {
              this.#tell(line, () => handlers.outlived(last.incarnation));
            } else if (refused !== undefined) this.#tell(line, () => handlers.refused(refused));
            else if (ticket !== undefined) this.#tell(line, () => handlers.accepted(ticket));
          };
          this.#clock.setTimeout(say, LINE_MS);
        },
        leave: () => {
          this.#clock.setTimeout(() => this.#driver.leave(node, incarnation), LINE_MS);
        },
        close: () => {
          line.isOpen = false;
          this.#lines.delete(line);
        },
      };
    };

  /** The last word of a node that the driver has taken. */
  lastWordOf(node: string): LastWord | undefined {
    return this.#driver.lastWordOf(node);
  }

  /** The host sleeps, and the driver on it: hardware that nobody serves flashes by itself. */
  flash(): void {
    this.#isFlashed = true;
    const groups = Object.keys(this.#driver.lamps());
    this.#shown(Object.fromEntries(groups.map((group) => [group, 'flashingRed'])), true);
  }

  /** The driver runs again. It looks at the clock before it does anything. */
  wake(byMs: number): void {
    this.#isWaking = true;
    this.#driver.suspended(byMs);
    this.#isWaking = false;
  }

  /** Hardware that has flashed gives the lamps back when the driver wants none of them lit. */
  #light(lamps: Lamps): void {
    if (Object.values(lamps).every((lamp) => DARK.has(lamp))) this.#isFlashed = false;
    if (!this.#isFlashed) this.#shown(lamps, this.#isWaking);
  }

  #tell(line: Line, hear: () => void): void {
    this.#clock.setTimeout(() => {
      if (line.isOpen) line.arrive(hear);
    }, LINE_MS);
  }
}
