/**
 * The inputs of one intersection's cabinet: who asks for green there and then (rail, fire), and
 * which pedestrians have called. They need no district: the nodes that serve the intersection are
 * told, and told again when they enter. An input is limited in time when whoever set it might
 * forget it.
 */
import type { Intersection } from '../protocol/district.ts';
import type { LampsInput } from '../protocol/lamp-line.ts';
import type { DriverClock } from './alarm.ts';

type Told = Omit<LampsInput, 'forMs'>;

export interface InputsOptions {
  readonly intersection: Intersection;
  readonly clock: DriverClock;
  /** Tells every node that has entered. */
  readonly tell: (input: Told) => void;
}

export class Inputs {
  readonly #options: InputsOptions;
  /** The preemptions that stand, with the timers that end them. */
  readonly #standing = new Map<string, unknown>();

  constructor(options: InputsOptions) {
    this.#options = options;
  }

  /** Takes an input; gives why it cannot be taken. */
  set({ input, group, active, forMs }: LampsInput): string | undefined {
    const { intersection, clock, tell } = this.#options;
    const groups = intersection.groups.map(({ id }) => id);
    if (!groups.includes(group)) {
      return `no group ${group} at ${intersection.id}; it has ${groups.join(', ')}`;
    }
    const told = { type: 'lamps.input' as const, intersection: intersection.id, input, group };
    if (input === 'preempt') {
      clock.clearTimeout(this.#standing.get(group));
      this.#standing.delete(group);
      const end = () => void this.set({ ...told, active: false });
      if (active) {
        this.#standing.set(group, forMs === undefined ? undefined : clock.setTimeout(end, forMs));
      }
    }
    tell({ ...told, active });
    return undefined;
  }

  /** What a node is told that has just entered. A pedestrian who called before calls again. */
  standing(): Told[] {
    const { intersection } = this.#options;
    return [...this.#standing.keys()].map((group) => ({
      type: 'lamps.input',
      intersection: intersection.id,
      input: 'preempt',
      group,
      active: true,
    }));
  }
}
