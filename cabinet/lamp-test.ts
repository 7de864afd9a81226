/**
 * Tests lamps before they are trusted: lights each bulb of an intersection, one signal group at a
 * time with all others red, and looks whether what shines is what was asked for. Whoever writes a
 * `Hardware` proves it by this; whoever wires one, too.
 */
import type { Group, Intersection } from '../protocol/district.ts';
import type { Lamp } from '../protocol/lamp.ts';
import type { DriverClock } from './alarm.ts';
import { type Bulbs, bulbsFor, differenceOf } from './bulbs.ts';
import type { Hardware } from './hardware.ts';
import { hostClock } from './host-clock.ts';
import { FAULT_MS } from './player.ts';

/** Every set of bulbs that a head may be asked for. Flashing ones are dark in between. */
const LAMPS: readonly Lamp[] = ['redAmber', 'green', 'amber', 'dark', 'red'];
/** How often bulbs that have not followed yet are looked at. In milliseconds. */
const LOOK_MS = 10;

/**
 * Gives all that is wrong, in words; nothing when the hardware does as it is told. Bulbs may take
 * as long to follow as a driver allows, `FAULT_MS`. Leaves red on. Never rejects. No driver may
 * have the same lamps meanwhile.
 */
export const checkHardware = async (
  { groups }: Pick<Intersection, 'groups'>,
  hardware: Hardware,
  clock: DriverClock = hostClock,
): Promise<readonly string[]> => {
  const reds: Bulbs = Object.fromEntries(groups.map(({ id }) => [id, ['red' as const]]));
  const found: string[] = [];
  const look = async (asked: Bulbs, what: string) => {
    const trouble = await troubleOf(groups, asked, hardware, clock);
    if (trouble !== undefined) found.push(`${what}: ${trouble}`);
  };
  await look(reds, 'all red');
  for (const group of groups) {
    for (const lamp of LAMPS) {
      await look({ ...reds, [group.id]: bulbsFor(lamp, group, true) }, `${group.id} ${lamp}`);
    }
  }
  await look(reds, 'all red again');
  return found;
};

const troubleOf = async (
  groups: readonly Group[],
  asked: Bulbs,
  hardware: Hardware,
  clock: DriverClock,
): Promise<string | undefined> => {
  const untilMs = clock.now() + FAULT_MS;
  try {
    hardware.light(asked);
    for (;;) {
      const odd = differenceOf(groups, asked, hardware.sense());
      if (odd === undefined || clock.now() >= untilMs) return odd;
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, LOOK_MS));
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
