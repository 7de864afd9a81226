/** What the expectation of traffic is tried with: sensors that speak and fall silent, and who leads. */
import type { Alphabet } from '../alphabet.ts';
import { hear, own, stall } from './place.ts';

const vehicle = {
  kind: 'vehicle',
  vehicle: 'v',
  lane: 'l',
  group: 'q',
  distanceM: 20,
  speedMps: 0,
};

const read = hear({ type: 'sensors.read', sensing: 'vehicles', stepS: 1, readings: [] });
const elected = (leader: string) => hear({ type: 'election.elected', leader, term: 1 });
const MINUTE_MS = 60_000;

export const arrivals: Alphabet = {
  starts: {
    'a node': { id: 'b', intersection: own },
    'a node without lamps': { id: 'b', intersection: null },
  },
  values: {
    'election.elected leader': ['b', 'a'],
    'lamps.shown lamps': [
      { p: 'green', q: 'red' },
      { p: 'red', q: 'red' },
    ],
    'sensors.read sensing': ['vehicles'],
    'sensors.read stepS': [1],
    'sensors.read readings': [
      [],
      [{ ...vehicle, place: 'approach' }],
      [{ ...vehicle, place: 'inside' }],
    ],
  },
  // After a minute it has something to tell: to itself, and to another.
  openings: ['b', 'a'].map((leader) => [elected(leader), read, stall(MINUTE_MS), read]),
};
