/**
 * Which inputs of a cabinet stand, at a shared intersection, and what of them the district has. Pure
 * neighbour of `demand.ts`.
 */
import { digestOf } from '../protocol/digest.ts';
import type { Intersection } from '../protocol/district.ts';
import type { FactAs } from '../protocol/event.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Timing } from '../protocol/timing.ts';
import { without } from './map.ts';

/** How often an input is proposed anew while it stands. In milliseconds. */
const RENEW_MS = 20_000;

export interface Inputs {
  /** Groups for which a pedestrian has called, sorted. */
  readonly calls: readonly string[];
  /** Groups for which a preempt input stands: from when on it is to be proposed. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Groups whose input was taken back, while the district still has its call. */
  readonly over: readonly string[];
  /** What the lamp driver says it shows. */
  readonly shown: Lamps | null;
}

interface Place extends Inputs {
  readonly id: string;
  readonly timing: Timing;
  readonly intersection: Intersection | null;
}

const isOwn = ({ id, intersection }: Place, group: string): boolean =>
  intersection?.nodes?.[group] === id;

/** One call a group, whichever node proposes it. */
export const callId = ({ intersection }: Pick<Place, 'intersection'>, group: string): string => {
  const id = `local:${intersection?.id}/${group}`;
  return id.length <= 64 ? id : digestOf([id]);
};

/** Those who do not command the group wait for who does. */
const waitMs = (place: Place, group: string): number =>
  isOwn(place, group) ? 0 : 2 * place.timing.retryMs;

/** What an input that is set or taken back changes. */
export const withInput = (place: Place, event: FactAs<'lamps.input'>): Partial<Inputs> => {
  const { input, group, active, at } = event;
  const { intersection, calls, inputs, over, shown } = place;
  const known = intersection?.groups.find(({ id }) => id === group);
  if (!known) return {};
  if (input === 'call') {
    const isVain = !active || !known.onCall || shown?.[group] === 'green';
    return isVain || calls.includes(group) ? {} : { calls: [...calls, group].sort() };
  }
  if (active === Object.hasOwn(inputs, group)) return {};
  if (!active) return { inputs: without(inputs, group), over: [...over, group].sort() };
  const dueMs = at + waitMs(place, group);
  return { inputs: { ...inputs, [group]: dueMs }, over: over.filter((one) => one !== group) };
};

/** What of it the district has, after a command. */
export const withCommand = (place: Place, event: FactAs<'replica.committed'>): Partial<Inputs> => {
  const { command, at } = event;
  const { inputs, over, calls } = place;
  switch (command.kind) {
    case 'preempt.call': {
      const { id, group } = command;
      if (id !== callId(place, group) || !Object.hasOwn(inputs, group)) return {};
      return { inputs: { ...inputs, [group]: at + RENEW_MS + waitMs(place, group) } };
    }
    case 'preempt.clear':
      return { over: over.filter((group) => callId(place, group) !== command.id) };
    case 'right.grant': {
      if (command.intersection !== place.intersection?.id) return {};
      // What is lit elsewhere may not be seen here: that it was granted must do.
      const granted = command.grants.map(({ group }) => group);
      const isDone = (group: string) => granted.includes(group) && !isOwn(place, group);
      return { calls: calls.filter((group) => !isDone(group)) };
    }
    default:
      return {};
  }
};
