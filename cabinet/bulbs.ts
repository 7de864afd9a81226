/**
 * Bulbs: what a signal head is made of, and how a lamp is played on it. A lamp that flashes is
 * switched on and off by whoever plays it; the bulbs of a pedestrian's head are two, so that his
 * clearance is a flashing green, which nobody can take for red.
 *
 * Switches are thrown in an order that is safe if the last of them is never thrown: nothing that
 * lets anyone go is lit before all that must end has ended, and no head goes dark in between.
 */
import type { Group } from '../protocol/district.ts';
import type { Lamp } from '../protocol/lamp.ts';

/** One light of a signal head. */
export type Bulb = 'red' | 'amber' | 'green';
/** The bulbs that shine, by group. */
export type Bulbs = Readonly<Record<string, readonly Bulb[]>>;

/** One bulb to be switched on or off. */
export interface Switch {
  readonly group: string;
  readonly bulb: Bulb;
  readonly isOn: boolean;
  /** Someone may go on it: not to be thrown when a switch before it has failed. */
  readonly isGo: boolean;
}

/** The bulbs of a group's head. */
export const bulbsOfHead = ({ kind }: Pick<Group, 'kind'>): readonly Bulb[] =>
  kind === 'pedestrian' ? ['red', 'green'] : ['red', 'amber', 'green'];

/** Whether a lamp is switched on and off while it is shown. */
export const isFlashing = (lamp: Lamp, { kind }: Pick<Group, 'kind'>): boolean =>
  lamp === 'flashingRed' || lamp === 'flashingAmber' || (lamp === 'amber' && kind === 'pedestrian');

/** The bulbs that shine for `lamp`; of one that flashes, in its light half or its dark one. */
export const bulbsFor = (
  lamp: Lamp,
  { kind }: Pick<Group, 'kind'>,
  isLightHalf: boolean,
): readonly Bulb[] => {
  const isPedestrian = kind === 'pedestrian';
  switch (lamp) {
    case 'red':
      return ['red'];
    case 'redAmber':
      return isPedestrian ? ['red'] : ['red', 'amber'];
    case 'green':
    case 'greenPermissive':
      return ['green'];
    case 'amber':
      if (!isPedestrian) return ['amber'];
      return isLightHalf ? ['green'] : [];
    case 'flashingAmber':
      return isLightHalf && !isPedestrian ? ['amber'] : [];
    case 'flashingRed':
      return isLightHalf ? ['red'] : [];
    case 'dark':
      return [];
  }
};

/** What people take these bulbs for: the one that lets go the furthest counts. */
export const lampOf = (shining: readonly Bulb[]): Lamp => {
  if (shining.includes('green')) return 'green';
  if (shining.includes('amber')) return shining.includes('red') ? 'redAmber' : 'amber';
  return shining.includes('red') ? 'red' : 'dark';
};

/** Switches that make `heads` show `wanted`, in the order in which they are thrown. */
export const switchesFor = (heads: readonly Group[], wanted: Bulbs): readonly Switch[] =>
  heads
    .flatMap((head) => {
      const on = wanted[head.id] ?? ['red'];
      return bulbsOfHead(head).map((bulb): Switch & { rank: number } => {
        const isOn = on.includes(bulb);
        const isGo = isOn && (bulb === 'green' || (bulb === 'amber' && on.includes('red')));
        return { group: head.id, bulb, isOn, isGo, rank: rankOf(bulb, isOn, isGo) };
      });
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ rank: _, ...rest }) => rest);

const rankOf = (bulb: Bulb, isOn: boolean, isGo: boolean): number => {
  if (isGo) return 2;
  if (isOn) return 0;
  return bulb === 'red' ? 3 : 1;
};

/** How what shines differs from what was asked for, in words; undefined when it does not. */
export const differenceOf = (
  heads: readonly Group[],
  asked: Bulbs,
  shining: Bulbs,
): string | undefined => {
  const odd = heads.flatMap((head) =>
    bulbsOfHead(head).flatMap((bulb) => {
      const isAsked = asked[head.id]?.includes(bulb) === true;
      const shines = shining[head.id]?.includes(bulb) === true;
      if (isAsked === shines) return [];
      return [
        `${head.id} ${bulb} ${shines ? 'shines though it is off' : 'is dark though it is on'}`,
      ];
    }),
  );
  return odd.length === 0 ? undefined : odd.join(', ');
};
