/**
 * Writes the journal of one node: it hears what travels on the bus, observes every step through
 * XState's inspection API, and adds nothing to the machines it watches.
 */
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { ALL, type Fact, facts, type Heard, messages, type Send } from '../protocol/event.ts';
import { type JournalLine, messageId, UNTOLD } from '../protocol/journal.ts';
import type { Trace } from './trace.ts';

export interface JournalOptions {
  readonly node: string;
  readonly incarnation: number;
  readonly trace: Trace;
  /** Whether what messages say is told too: most of a journal would be that. */
  readonly hasContents: boolean;
  /** Milliseconds since the Unix epoch; in simulations, virtual milliseconds. */
  readonly wall: () => number;
  readonly write: (line: JournalLine) => void;
}

type Inspected = InspectionEvent & { actorRef: AnyActorRef };

/** Gives what hears every event of the bus, and the observer for `createActor`'s `inspect`. */
export const journalTo = (options: JournalOptions) => {
  const { node, incarnation, trace, wall, write } = options;
  const shown = new Map<string, string>();

  /** The message that what happens now came of. */
  const caused = () => {
    const { cause } = trace;
    return cause === undefined ? {} : { cause };
  };
  /** The wire says a message while it is given the request for that. */
  const contents = () => {
    if (!options.hasContents || trace.handled?.type !== 'wire.send') return {};
    const { type: _, ...rest } = (trace.handled as Send).message;
    return { contents: rest };
  };

  const event = (said: { type: string }) => {
    const common = { t: wall(), node };
    if (Object.hasOwn(messages, said.type)) {
      const { type, from, bytes, incarnation: life, counter = 0 } = said as Heard;
      const id = messageId(life, counter);
      write({ ...common, kind: 'heard', type, peer: from, id, bytes });
      return;
    }
    if (!Object.hasOwn(facts, said.type)) return;
    const fact = said as Fact;
    if (fact.type === 'wire.said') {
      const peer = fact.to === ALL ? 'all' : fact.to;
      const { message: type, bytes } = fact;
      const id = messageId(incarnation, fact.counter);
      write({ ...common, kind: 'said', type, peer, id, bytes, ...contents(), ...caused() });
    } else if (fact.type === 'wire.repeated') {
      const { message: type, peer, bytes } = fact;
      const id = messageId(fact.peerIncarnation, fact.counter);
      write({ ...common, kind: 'repeated', type, peer, id, bytes });
    } else if (fact.type === 'wire.refused') {
      const { reason, peer } = fact;
      write({ ...common, kind: 'refused', reason, ...(peer !== undefined && { peer }) });
    } else if (!UNTOLD.has(fact.type)) {
      const { at, ...told } = fact as Fact & { at: number };
      // Our own clock means nothing to readers; the group's time does, which plans are made in.
      const group = fact.type === 'timekeeper.synced' ? { groupMs: at + fact.offsetMs } : {};
      write({ ...common, kind: 'fact', event: told as Fact, ...group, ...caused() });
      const reason = refusalIn(fact);
      if (reason !== undefined) {
        const peer = 'peer' in fact ? { peer: fact.peer } : {};
        write({ ...common, kind: 'refused', reason, ...peer });
      }
    }
  };

  const state = (machine: string, value: unknown) => {
    const text = JSON.stringify(value);
    if (shown.get(machine) === text) return;
    shown.set(machine, text);
    write({ t: wall(), node, kind: 'state', machine, value, ...caused() });
  };

  const step = (inspected: InspectionEvent): void => {
    if (inspected.type !== '@xstate.snapshot' || !('value' in inspected.snapshot)) return;
    const name = nameOf((inspected as Inspected).actorRef);
    if (name !== undefined) state(name, inspected.snapshot.value);
  };

  return { event, step };
};

/** The reason, when the fact is that somebody was refused. */
const refusalIn = (fact: Fact): string | undefined =>
  fact.type === 'membership.refused' ||
  fact.type === 'replica.refused' ||
  fact.type === 'enrolment.refused' ||
  fact.type === 'membership.duplicate'
    ? fact.reason
    : undefined;

/** The name under which the supervisor invoked an actor; the supervisor's own is `node`. */
export const nameOf = (actor: AnyActorRef): string | undefined =>
  (actor as { systemId?: string }).systemId ??
  (actor as { _systemId?: string })._systemId ??
  (actor._parent === undefined ? 'node' : undefined);
