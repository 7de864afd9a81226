/**
 * Writes what an actor system does in the words of `@statelyai/inspect`, so that the Stately
 * inspector and every other reader of that format can follow a node.
 *
 * Written anew and not with the package, because the package looks up nothing twice: it turns one
 * event into text for each of a dozen hearers, keeps timers of its own, names actors `x:0` in
 * every process, and cuts definitions at a depth. Tests hold each message against the package's
 * own.
 */
import type { AnyActorRef } from 'xstate';

/** The version of the format: receivers ask for one, and look no closer. */
const VERSION = '0.7.2';
/** In characters. What is larger is told without its contents: it would hold up all the rest. */
const PART_LENGTH_MAX = 256 * 1024;

/** An actor as viewers know it. */
export interface Subject {
  /** District, node and actor: no two processes have it in common. */
  readonly id: string;
  readonly name: string;
  readonly root: string;
  /** Whose child it is; a node's supervisor is nobody's. */
  readonly parent: string | undefined;
}

/** As far as it is told here; the rest of a snapshot goes along as it is. */
export interface SnapshotLike {
  readonly status: string;
  readonly value?: unknown;
}

/** What is implied in the text of a definition, as the package has it. */
const named = (_key: string, value: unknown): unknown =>
  typeof value === 'function' ? { type: value.name } : value;

const definitions = new WeakMap<object, string>();

/** The config of the actor's machine, whole. An effect has none: its name must do. */
export const definitionOf = (actor: AnyActorRef, name: string): string => {
  const { config } = ((actor as { logic?: unknown }).logic ?? {}) as { config?: object };
  // The logic of an effect has a config, too, but it is a function.
  if (typeof config !== 'object') return JSON.stringify({ id: name });
  const known = definitions.get(config) ?? JSON.stringify(config, named);
  definitions.set(config, known);
  return known;
};

/**
 * The text of a part, or of what stands for it when it has none that can be told: what somebody else
 * threw may be in it, and an onlooker must not be what a node dies of.
 */
const partOf = (part: object, standIn: (omitted: string) => object): string => {
  let omitted: string;
  try {
    const text = JSON.stringify(part, named);
    if (text.length <= PART_LENGTH_MAX) return text;
    omitted = `${text.length} characters`;
  } catch (error) {
    omitted = String(error);
  }
  return JSON.stringify(standIn(omitted));
};

export const eventPart = (event: { readonly type: string }): string =>
  partOf(event, (omitted) => ({ type: event.type, omitted }));

export const snapshotPart = (snapshot: SnapshotLike): string => {
  const { status, value } = snapshot;
  return partOf(snapshot, (omitted) => ({ status, value, context: { omitted } }));
};

const ending = ({ id, root }: Subject, t: number): string =>
  `"sessionId":${JSON.stringify(id)},"rootId":${JSON.stringify(root)},` +
  `"createdAt":"${t}","id":null,"_version":"${VERSION}"}`;

/** An optional key with its value, or nothing. */
const where = (key: string, value: string | undefined): string =>
  value === undefined ? '' : `"${key}":${JSON.stringify(value)},`;

/** That there is an actor, with its definition and the snapshot it has. */
export const actorMessage = (
  subject: Subject,
  { definition, snapshot, t }: { definition: string; snapshot: string; t: number },
): string =>
  `{"type":"@xstate.actor","name":${JSON.stringify(subject.name)},` +
  `"definition":${JSON.stringify(definition)},"snapshot":${snapshot},` +
  where('parentId', subject.parent) +
  ending(subject, t);

/** That the actor was sent an event, and by whom. */
export const eventMessage = (
  subject: Subject,
  { event, source, t }: { event: string; source: string | undefined; t: number },
): string =>
  `{"type":"@xstate.event","event":${event},${where('sourceId', source)}${ending(subject, t)}`;

/** What the actor came to, and by which event. */
export const snapshotMessage = (
  subject: Subject,
  { event, snapshot, t }: { event: string; snapshot: string; t: number },
): string =>
  `{"type":"@xstate.snapshot","event":${event},"snapshot":${snapshot},${ending(subject, t)}`;
