/**
 * What an inspector server remembers for those who come late: of each actor its definition and its
 * last snapshot for as long as there is room for them, and of all that was said as much as fits a
 * number of bytes; what is oldest goes first. Definitions and snapshots take no more than half of
 * the bytes.
 */

/** Beside its bytes, what a message costs to keep. */
const OVERHEAD_BYTES = 128;
const TYPES = new Set(['@xstate.actor', '@xstate.event', '@xstate.snapshot']);
/** Messages are let go a few thousand at a time, because shifting an array one by one is slow. */
const SPENT_MAX = 4096;
const NOTHING = Buffer.alloc(0);

interface Message {
  readonly type: string;
  readonly sessionId: string;
  readonly rootId?: string;
  readonly _version?: string;
  readonly snapshot?: { readonly status?: string };
}

interface Actor {
  readonly node: string;
  readonly definition: Buffer;
  readonly snapshot: Buffer | undefined;
}

/** A message, or why it is none. */
const messageIn = (bytes: Buffer): Message | string => {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return 'what it said is not JSON';
  }
  if (typeof value !== 'object' || value === null) return 'what it said is not an object';
  const { type, sessionId } = value as Partial<Message>;
  if (typeof type !== 'string' || !TYPES.has(type)) return 'the type of a message is not known';
  return typeof sessionId === 'string' ? (value as Message) : 'a message names no actor';
};

export class History {
  readonly #bytesMax: number;
  readonly #actors = new Map<string, Actor>();
  #actorBytes = 0;
  /** Nodes whose connection ended, in the order in which it did. */
  readonly #gone = new Set<string>();
  #messages: Buffer[] = [];
  #messageBytes = 0;
  /** How many of the first are spent; the place of the very first in all that was ever said. */
  #spent = 0;
  #start = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The first place that is kept, and the one after the last. */
  get first(): number {
    return this.#start + this.#spent;
  }

  get end(): number {
    return this.#start + this.#messages.length;
  }

  at(place: number): Buffer | undefined {
    return place < this.first ? undefined : this.#messages[place - this.#start];
  }

  /** The actors that are known, in the order in which they came. */
  actors(): string[] {
    return [...this.#actors.keys()];
  }

  actor(id: string): Actor | undefined {
    return this.#actors.get(id);
  }

  /** Takes what a node says of itself. Gives the reason when it is refused. */
  take(node: string, bytes: Buffer): string | undefined {
    const message = messageIn(bytes);
    if (typeof message === 'string') return message;
    const { type, sessionId: id } = message;
    if (!id.startsWith(`${node}/`)) return `it speaks for ${id.slice(0, 100)}`;
    this.#gone.delete(node);
    // A copy, because the bytes are a part of all that was read with them.
    const copy = Buffer.from(bytes);
    const known = this.#actors.get(id);
    if (type === '@xstate.actor') {
      // A new life: its place is after what came before.
      this.#forget(id);
      this.#set(id, { node, definition: copy, snapshot: undefined });
    } else if (type === '@xstate.snapshot' && known) this.#set(id, { ...known, snapshot: copy });
    this.#makeRoom();
    if (this.#actorBytes > this.#bytesMax / 2) {
      this.#forget(id);
      return 'there are too many actors to remember';
    }
    this.#append(copy);
    return undefined;
  }

  /** The node is gone: those of its actors that have not said so are shown as stopped. */
  lose(node: string, t: number): void {
    this.#gone.add(node);
    for (const [id, actor] of this.#actors) {
      if (actor.node !== node) continue;
      const last = JSON.parse((actor.snapshot ?? actor.definition).toString()) as Message;
      if (last.snapshot?.status !== 'active') continue;
      const { sessionId, rootId, _version } = last;
      const lost = {
        ...{ type: '@xstate.snapshot', event: { type: 'inspector.lost' } },
        snapshot: { ...last.snapshot, status: 'stopped' },
        ...{ sessionId, rootId, createdAt: `${t}`, id: null, _version },
      };
      const snapshot = Buffer.from(JSON.stringify(lost));
      this.#set(id, { ...actor, snapshot });
      this.#append(snapshot);
    }
  }

  #set(id: string, actor: Actor): void {
    this.#actorBytes += sizeOf(actor) - sizeOf(this.#actors.get(id));
    this.#actors.set(id, actor);
  }

  #forget(id: string): void {
    this.#actorBytes -= sizeOf(this.#actors.get(id));
    this.#actors.delete(id);
  }

  /** Those who are gone make room for those who are here, who went first before the others. */
  #makeRoom(): void {
    for (const node of this.#gone) {
      if (this.#actorBytes <= this.#bytesMax / 2) return;
      for (const [id, actor] of this.#actors) if (actor.node === node) this.#forget(id);
      this.#gone.delete(node);
    }
  }

  #append(bytes: Buffer): void {
    this.#messages.push(bytes);
    this.#messageBytes += bytes.length + OVERHEAD_BYTES;
    while (this.#messageBytes + this.#actorBytes > this.#bytesMax) {
      const oldest = this.#messages[this.#spent];
      if (!oldest) break;
      this.#messageBytes -= oldest.length + OVERHEAD_BYTES;
      this.#messages[this.#spent] = NOTHING;
      this.#spent += 1;
    }
    if (this.#spent < SPENT_MAX) return;
    this.#messages = this.#messages.slice(this.#spent);
    this.#start += this.#spent;
    this.#spent = 0;
  }
}

const sizeOf = (actor: Actor | undefined): number => {
  if (!actor) return 0;
  return actor.definition.length + (actor.snapshot?.length ?? 0) + OVERHEAD_BYTES;
};
