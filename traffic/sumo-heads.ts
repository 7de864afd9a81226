/**
 * The signal heads of SUMO’s traffic lights: which letter of a light’s state is lit by which signal
 * group, and which letter a lamp is (https://sumo.dlr.de/docs/Simulation/Traffic_Lights.html).
 *
 * The running simulation says what its lights control. A district that was made of another network
 * would light the wrong lamps, so each of its movements must be where it says.
 */
import type { Group, Intersection } from '../protocol/district.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import { SumoError } from './sumo-error.ts';
import type { SumoNetwork } from './sumo-network.ts';
import type { ControlledLink } from './traci-types.ts';

/** One index of a light’s state. */
export interface Head {
  readonly group: string;
  readonly kind: Group['kind'];
  /** SUMO’s `s` in its own programs: on red one may turn after a stop. */
  readonly mayTurn: boolean;
  /** The right of way by the signs, where the light is off. */
  readonly hasPriority: boolean;
}

/** An intersection and the light that it is in SUMO. */
export interface MatchedLight {
  readonly intersection: string;
  readonly light: string;
  /** By index; undefined where no group has it. */
  readonly heads: readonly (Head | undefined)[];
}

export type LightsSeen = ReadonlyMap<string, readonly (readonly ControlledLink[])[]>;

interface Place {
  readonly light: string;
  readonly link: number;
}

const MISTAKES_SHOWN_MAX = 10;

/** Finds each intersection’s light. Throws one `SumoError` with all that does not fit. */
export const matchLights = (
  intersections: readonly Intersection[],
  lights: LightsSeen,
  network: Pick<SumoNetwork, 'edges' | 'connections'>,
): MatchedLight[] => {
  const places = placesOf(lights);
  const priority = withPriority(network);
  const mistakes: string[] = [];
  const matched = intersections.map(({ id: intersection, groups }): MatchedLight => {
    const movements = groups.flatMap((group) =>
      (group.movements ?? []).map((movement) => ({ group, ...movement })),
    );
    const found = movements.map(({ from, to }) => places.get(`${from} ${to}`)?.light);
    const light = found.find((one) => one !== undefined) ?? '';
    const heads: (Head | undefined)[] = (lights.get(light) ?? []).map(() => undefined);
    if (movements.length === 0) {
      mistakes.push(`${intersection} has no movements; make the district with greenwave import`);
    }
    for (const { group, link, from, to, stopThenTurn } of movements) {
      const place = places.get(`${from} ${to}`);
      if (place?.light !== light || place.link !== link) {
        const truth = place ? `link ${place.link} of ${place.light}` : 'no light’s';
        mistakes.push(`${intersection} ${group.id}: link ${link}, ${from} → ${to}, is ${truth}`);
      }
      const known = heads[link];
      heads[link] = {
        group: group.id,
        kind: group.kind,
        mayTurn: (known?.mayTurn ?? true) && stopThenTurn === true,
        hasPriority: (known?.hasPriority ?? true) && priority.has(`${from} ${to}`),
      };
    }
    return { intersection, light, heads };
  });
  if (mistakes.length > 0) throw new SumoError(misfit(mistakes));
  return matched;
};

/** Where each movement is controlled, by its lanes. */
const placesOf = (lights: LightsSeen): Map<string, Place> => {
  const places = new Map<string, Place>();
  for (const [light, links] of lights) {
    links.forEach((movements, link) => {
      for (const { from, to } of movements) places.set(`${from} ${to}`, { light, link });
    });
  }
  return places;
};

/** The movements that have the right of way by the signs, by their lanes. */
const withPriority = ({
  edges,
  connections,
}: Pick<SumoNetwork, 'edges' | 'connections'>): Set<string> => {
  const laneOf = (edge: string, lane: number) =>
    edges.get(edge)?.lanes[lane]?.id ?? `${edge}_${lane}`;
  return new Set(
    connections
      .filter(({ hasPriority }) => hasPriority)
      .map(({ from, fromLane, to, toLane }) => `${laneOf(from, fromLane)} ${laneOf(to, toLane)}`),
  );
};

const misfit = (mistakes: readonly string[]): string => {
  const more = mistakes.length - MISTAKES_SHOWN_MAX;
  const shown = mistakes.slice(0, MISTAKES_SHOWN_MAX).map((mistake) => `\n  ${mistake}`);
  return `the district does not fit the network; import it again:${shown.join('')}${more > 0 ? `\n  and ${more} more` : ''}`;
};

/** The state of a light that shows these lamps: one letter for each of its links. */
export const stateOf = (heads: MatchedLight['heads'], lamps: Lamps): string =>
  heads.map((head) => (head ? letterOf(lamps[head.group] ?? 'red', head) : 'r')).join('');

/**
 * Pedestrians are let start by green alone: SUMO lets them begin on yellow, which is their clearance
 * here. On flashing red one goes after a stop, as at a stop sign (MUTCD 4D).
 *
 * Where a light flashes amber or is dark the signs hold, as in SUMO’s own program `off`: `O` for
 * those who have the right of way by them, `o` for those who yield. `O` for all would let
 * everyone drive on, and `o` for all stops everyone: each waits for another.
 */
const letterOf = (lamp: Lamp, { kind, mayTurn, hasPriority }: Head): string => {
  const isPedestrian = kind === 'pedestrian';
  switch (lamp) {
    case 'green':
      return 'G';
    case 'greenPermissive':
      return 'g';
    case 'amber':
      return isPedestrian ? 'r' : 'y';
    case 'redAmber':
      return isPedestrian ? 'r' : 'u';
    case 'red':
      return mayTurn ? 's' : 'r';
    case 'flashingRed':
      return isPedestrian ? 'r' : 's';
    case 'flashingAmber':
    case 'dark':
      return hasPriority ? 'O' : 'o';
  }
};
