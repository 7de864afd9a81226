/**
 * The lamps of one light in SUMO, for a lamp driver to light. They are shown as lamps and not as
 * bulbs, because SUMO knows a green that yields and a light that flashes, and looks once a step:
 * bulbs that are switched on and off in between would be seen as always on or always off.
 */
import type { Lamps } from '../protocol/lamp.ts';
import { type MatchedLight, stateOf } from './sumo-heads.ts';
import { type Command, setTrafficLight } from './traci-commands.ts';

export class Lantern {
  readonly light: string;
  readonly #heads: MatchedLight['heads'];
  /** The state that is to be shown; undefined while SUMO’s own program runs. */
  #wanted: string | undefined;
  /** The state that SUMO was told last. */
  #told: string | undefined;
  #fault: string | undefined;

  constructor({ light, heads }: MatchedLight) {
    this.light = light;
    this.#heads = heads;
  }

  /** Shows these lamps from the next step on; a group that is left out shows red. */
  show(lamps: Lamps): void {
    this.#wanted = stateOf(this.#heads, lamps);
  }

  /** What is wrong, since the last look. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** What SUMO must be told before the next step. */
  commands(): Command<undefined>[] {
    if (this.#wanted === undefined || this.#wanted === this.#told) return [];
    this.#told = this.#wanted;
    return [setTrafficLight(this.light, 'state', this.#wanted)];
  }

  /** Takes what SUMO shows after a step. What differs is told again before the next. */
  see(state: string | undefined): void {
    this.#fault = undefined;
    if (this.#told === undefined || state === this.#told) return;
    this.#fault = `SUMO shows ${state ?? 'nothing'} at ${this.light}, but was told ${this.#told}`;
    this.#told = undefined;
  }
}
