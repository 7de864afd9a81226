/**
 * Hardware: the port through which bulbs are switched, and through which what really shines is read
 * back. In memory it stands for lamps that always do as they are told.
 */
import type { Intersection } from '../protocol/district.ts';
import { type Bulbs, switchesFor } from './bulbs.ts';

/** The bulbs of one intersection. */
export interface Hardware {
  /**
   * Switches all bulbs, in the order of `switchesFor`. Throws when a switch fails: then every bulb
   * that ends something was tried, and none was lit that lets anyone go.
   */
  light(wanted: Bulbs): void;
  /** What really shines. Throws when that cannot be told. */
  sense(): Bulbs;
}

/** Bulbs in memory. */
export const memoryHardware = ({ groups }: Intersection): Hardware => {
  let shining: Bulbs = {};
  return {
    light: (wanted) => {
      const on = switchesFor(groups, wanted).filter(({ isOn }) => isOn);
      shining = Object.fromEntries(
        groups.map(({ id }) => [
          id,
          on.filter(({ group }) => group === id).map(({ bulb }) => bulb),
        ]),
      );
    },
    sense: () => shining,
  };
};
