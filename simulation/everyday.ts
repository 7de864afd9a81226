/**
 * A city's everyday life, for runs that look at what grows: plans that change, calls for green, a node
 * that crashes now and then and one that stops cleanly, and what is held in memory meanwhile.
 */
import { concerns } from '../machines/node.ts';
import type { Seal } from '../protocol/seal.ts';
import { type City, createCity } from './city.ts';
import { load } from './load.ts';

const CALL_MS = 60_000;
const CHURN_MS = 150_000;
/** How long a node is away. */
const AWAY_MS = 20_000;
/** Of what the invariants have seen, this much is kept: they are no part of what is watched. */
const SEEN_MAX = 500;

/** A city that has been started, and goes on like this for ever, with a plan every so often. */
export const everyday = (seed: number, nodes: number, planMs: number, seal?: Seal): City => {
  const city = createCity({ seed, district: nodes, seal });
  const draw = city.random('everyday');
  city.start();
  load(city, planMs);
  let count = 0;
  const call = () => {
    city.at(city.now() + CALL_MS, call);
    const { id: intersection, groups } = draw.pick(city.district.intersections);
    count += 1;
    const what = { id: `call.${count}`, intersection, group: draw.pick(groups).id, forS: 15 };
    city.place(draw.pick(city.ids)).propose({ kind: 'preempt.call', ...what });
  };
  const churn = () => {
    city.at(city.now() + CHURN_MS, churn);
    const id = draw.pick(city.ids);
    if (draw.chance(0.5)) city.kill(id);
    else city.stop(id);
    city.at(city.now() + AWAY_MS, () => city.restart(id));
    forgetSeen(city);
  };
  city.at(CALL_MS, call);
  city.at(CHURN_MS, churn);
  return city;
};

const forgetSeen = (city: City): void => {
  for (const record of city.invariants.groups.values()) {
    const { committed, entries, states, votes, leaders, configurations } = record;
    for (const known of [committed, entries, states, votes, leaders, configurations]) {
      const keys = [...known.keys()].slice(0, -SEEN_MAX);
      for (const key of keys) (known as Map<unknown, unknown>).delete(key);
    }
  }
};

/** Characters of all that the machines of a node hold, by concern. */
export const heldBy = (city: City, id: string): Record<string, number> =>
  Object.fromEntries(
    (Object.keys(concerns) as (keyof typeof concerns)[]).map((concern) => {
      const { context } = city.place(id).stateOf(concern) ?? { context: null };
      return [concern, JSON.stringify(context ?? null).length];
    }),
  );
