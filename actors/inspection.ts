/**
 * Turns notes of what happened in a node into messages for those who inspect it, a batch at a
 * time. A batch saves what single messages would cost: an event that a dozen actors heard becomes
 * text once, and of snapshots that follow each other in one state only the last does.
 */
import type { AnyActorRef } from 'xstate';
import {
  actorMessage,
  definitionOf,
  eventMessage,
  eventPart,
  type SnapshotLike,
  type Subject,
  snapshotMessage,
  snapshotPart,
} from './stately.ts';

export interface Watched extends Subject {
  readonly actor: AnyActorRef;
  snapshot: SnapshotLike;
  /** Whether its snapshot was told of, other than with the actor itself. */
  isTold: boolean;
}

export type Cause = { readonly type: string };

/** That something happened to the actor `of`, at the wall clock's `t`. */
export type Note = { readonly of: Watched; readonly t: number } & (
  | { readonly kind: 'actor'; readonly snapshot: SnapshotLike }
  | { readonly kind: 'event'; readonly event: Cause; readonly source: string | undefined }
  | { readonly kind: 'snapshot'; readonly event: Cause; readonly snapshot: SnapshotLike }
);

/** As the format has it where no event is known. */
const unknownEvent: Cause = { type: '' };

export const messagesOf = (notes: readonly Note[]): string[] => {
  const events = new Map<Cause, string>();
  const eventText = (event: Cause): string => {
    const text = events.get(event) ?? eventPart(event);
    events.set(event, text);
    return text;
  };
  return worthTelling(notes).map((note) => {
    const { of, t } = note;
    if (note.kind === 'event') {
      return eventMessage(of, { event: eventText(note.event), source: note.source, t });
    }
    const snapshot = snapshotPart(note.snapshot);
    if (note.kind === 'snapshot') {
      return snapshotMessage(of, { event: eventText(note.event), snapshot, t });
    }
    return actorMessage(of, { definition: definitionOf(of.actor, of.name), snapshot, t });
  });
};

/** For who comes now: all actors with their definitions, then the state that each of them is in. */
export const presentationOf = (all: readonly Watched[], t: number): string[] => {
  const event = unknownEvent;
  return messagesOf([
    ...all.map((of): Note => ({ kind: 'actor', of, t, snapshot: of.snapshot })),
    ...all.map((of): Note => ({ kind: 'snapshot', of, t, event, snapshot: of.snapshot })),
  ]);
};

/** Without the snapshots of an actor that the next one follows in the same state. */
const worthTelling = (notes: readonly Note[]): Note[] => {
  const next = new Map<Watched, SnapshotLike>();
  const told = notes.toReversed().filter((note) => {
    if (note.kind !== 'snapshot') return true;
    const later = next.get(note.of);
    if (later !== undefined && isSameState(later, note.snapshot)) return false;
    next.set(note.of, note.snapshot);
    return true;
  });
  return told.reverse();
};

const isSameState = (a: SnapshotLike, b: SnapshotLike): boolean =>
  a.status === b.status &&
  (a.value === b.value || JSON.stringify(a.value) === JSON.stringify(b.value));
