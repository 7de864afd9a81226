/**
 * Tells whether a city has settled: one view, one leader and progress on every node that runs.
 * After the last fault it must, within `SETTLED_MS_MAX`.
 */
import { type Pairs, valueAt } from '../machines/map.ts';
import type { City } from './city.ts';

/**
 * Silence to failure (3 s), two elections (5 s each), an announcement (5 s), enrolment and the
 * snapshot of a node with an empty disk, and as much again. Stated here, kept by every seed.
 */
export const SETTLED_MS_MAX = 30_000;

interface View {
  readonly view?: Pairs<unknown>;
  readonly group?: string;
}

/** The last committed index of each group that there ever was. */
export type Progress = ReadonlyMap<string, number>;

/** Why a city has not settled; undefined when it has. Each node must have committed since then. */
export const unsettled = (city: City, since: Progress = new Map()): string | undefined => {
  const running = city.running();
  const groups = new Set(running.map((id) => contextOf<View>(city, id, 'membership')?.group));
  const [group = ''] = groups;
  if (groups.size !== 1) return `groups: ${[...groups].join(', ')}`;
  const sinceIndex = since.get(group) ?? 0;
  const leaders = running.map(
    (id) => contextOf<{ leader: string | null }>(city, id, 'election')?.leader ?? null,
  );
  const [leader] = leaders;
  for (const [k, id] of running.entries()) {
    if (leaders[k] === null) return `${id} knows no leader`;
    if (leaders[k] !== leader) return `${id} follows ${leaders[k]}, ${running[0]} ${leader}`;
    const view = contextOf<View>(city, id, 'membership')?.view ?? [];
    const missing = running.find((other) => other !== id && valueAt(view, other) === undefined);
    if (missing !== undefined) return `${id} has no ${missing} in its view`;
    if (view.length > running.length - 1) {
      const [extra] = view.find(([other]) => other === id || !running.includes(other)) ?? [];
      return `${id} still has ${extra} in its view`;
    }
    const commit = contextOf<{ commit: number }>(city, id, 'replica')?.commit ?? 0;
    if (commit <= sinceIndex) return `${id} has committed ${commit}, nothing after ${sinceIndex}`;
  }
  if (leader === undefined || leader === null || !running.includes(leader)) return 'nobody leads';
  const isInOffice = city.place(leader).stateOf('election')?.value === 'leader';
  return isInOffice ? undefined : `${leader} does not know that it leads`;
};

export const progressOf = (city: City): Progress =>
  new Map([...city.invariants.groups].map(([group, record]) => [group, record.lastCommitted]));

/** The greatest committed index of any group. */
export const lastCommitted = (city: City): number => Math.max(0, ...progressOf(city).values());

const contextOf = <Context>(
  city: City,
  id: string,
  concern: 'membership' | 'election' | 'replica',
): Context | undefined => city.place(id).stateOf(concern)?.context as Context | undefined;
