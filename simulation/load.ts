/**
 * Keeps a city busy: an operator who again and again asks some node to have a plan adopted, so that
 * there is something to commit whatever happens, and others who read what was agreed.
 */
import { greenWave } from '../machines/green-wave.ts';
import type { Replica } from '../machines/replication.ts';
import { isShared } from '../protocol/district.ts';
import type { City } from './city.ts';

/** What the ids of such plans begin with. */
export const LOAD = 'load.';

/** Proposes every `everyMs`, from now on, to a node that runs. */
export const load = (city: City, everyMs: number): void => {
  const draw = city.random('load');
  let count = 0;
  const propose = () => {
    city.at(city.now() + everyMs, propose);
    const running = city.running();
    if (running.length === 0) return;
    const asked = draw.pick(running);
    // The plan fits what the leader knows, so that it is adopted whoever is asked.
    const state = replicaOf(city, leaderOf(city) ?? asked)?.state;
    if (!state || state.members.length === 0) return;
    count += 1;
    const plan = greenWave(state, `${LOAD}${count}`);
    city.place(asked).propose({ kind: 'plan.adopt', plan });
  };
  city.at(city.now() + everyMs, propose);
};

/** How long somebody who calls for a green needs it. In seconds. */
const CALL_S = 12;

/** Has somebody call for the green of some group at a shared intersection, every so often. */
export const callers = (city: City, everyMs: number): void => {
  const draw = city.random('callers');
  const shared = city.district.intersections.filter(isShared);
  if (shared.length === 0) return;
  let count = 0;
  const call = () => {
    city.at(city.now() + everyMs, call);
    const running = city.running();
    if (running.length === 0) return;
    const asked = city.place(draw.pick(running));
    const { id: intersection, groups } = draw.pick(shared);
    const group = draw.pick(groups).id;
    count += 1;
    asked.propose({
      kind: 'preempt.call',
      id: `${LOAD}${count}`,
      intersection,
      group,
      forS: CALL_S,
    });
  };
  city.at(city.now() + everyMs, call);
};

/** Nodes asked to read at once, beside the leader. */
const READERS = 3;

/** Asks the leader and some others to read, every so often: those in and out of office. */
export const readers = (city: City, everyMs: number): void => {
  const draw = city.random('readers');
  const read = () => {
    city.at(city.now() + everyMs, read);
    const running = city.running();
    const asked = draw.shuffle(running).slice(0, READERS);
    for (const id of new Set([leaderOf(city), ...asked])) if (id) city.place(id).read();
  };
  city.at(city.now() + everyMs, read);
};

/** Who leads in the latest term, by its own word. */
export const leaderOf = (city: City): string | undefined => {
  let [latest, leader]: [number, string | undefined] = [-1, undefined];
  for (const id of city.running()) {
    const election = city.place(id).stateOf('election');
    if (election?.value !== 'leader') continue;
    const { term } = election.context as { term: number };
    if (term > latest) [latest, leader] = [term, id];
  }
  return leader;
};

const replicaOf = (city: City, id: string): Replica | undefined =>
  city.place(id).stateOf('replica')?.context as Replica | undefined;
