/**
 * Takes one turn of a node's loop: from a stimulus until nothing is left to be done.
 *
 * The order of events is the real bus's, by its own functions: `audienceOf` says who hears what,
 * and `queueOf` makes one queue of the bus and one mailbox of each machine, as XState does. A
 * machine that is woken by its own timer puts what it says on an idle bus one by one, so that what
 * others answer to the first word goes round before the second; `test/search/order.test.ts` holds
 * this against actors.
 */
import type { EventObject } from 'xstate';
import { hearersOf, queueOf } from '../../actors/bus.ts';
import { isOpen } from '../../protocol/codec.ts';
import type { BusEvent, Emitted, Send, Write } from '../../protocol/event.ts';
import { type Disk, written } from './disk.ts';
import { answeredOf } from './erasure.ts';
import { canonicalText } from './interner.ts';
import type { Letter, LetterBox } from './letter.ts';
import type { Deed, PureMachine } from './machine.ts';
import type { Local, NodeWorld, Outcome, Stimulus, Timer } from './node.ts';
import { isTimed } from './time.ts';

/** Later than any deadline. */
const LATE_MS = 1e9;

const byText = <T>(values: readonly T[]): T[] =>
  values
    .map((value) => [canonicalText(value), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);

export class Turn {
  readonly #world: NodeWorld;
  readonly #node: string;
  readonly #snapshots: number[];
  readonly #timers: Map<string, Timer>;
  readonly #alarms: Set<string>;
  readonly #dues: Map<string, number>;
  #writes: Write[];
  #disk: Disk;
  #group: string;
  #aside: unknown;
  /** What the clock shows: zero, unless clocks run. */
  readonly #nowMs: number;
  readonly #sends: { send: Send; group: string }[] = [];
  readonly #heard: BusEvent[] = [];
  readonly #put: (event: EventObject & { at: number }) => void;
  #letter: Letter | undefined;
  readonly #mailboxes = new Map<string, (event: EventObject) => void>();

  constructor(world: NodeWorld, local: Local) {
    this.#world = world;
    this.#node = local.node;
    this.#snapshots = [...local.snapshots];
    this.#timers = new Map(local.timers.map((timer) => [`${timer.concern} ${timer.id}`, timer]));
    this.#alarms = new Set(local.alarms);
    this.#dues = new Map(Object.entries(local.dues ?? {}));
    this.#writes = [...local.writes];
    this.#disk = local.disk;
    this.#group = local.group;
    this.#aside = local.aside;
    this.#nowMs = local.nowMs ?? 0;
    this.#put = queueOf((event) => {
      this.#heard.push(event as BusEvent);
      for (const id of hearersOf(world.audience, event)) {
        const mailbox = this.#mailboxes.get(id);
        if (mailbox) mailbox(event);
        else this.#effect(event as BusEvent);
      }
    });
    world.names.forEach((name, k) => {
      const step = (event: EventObject) => this.#step(name, k, event);
      this.#mailboxes.set(name, queueOf(step));
    });
  }

  take(stimulus: Stimulus): void {
    switch (stimulus.kind) {
      case 'start':
        this.#start();
        break;
      case 'hear':
        this.#letter = stimulus.letter;
        if (this.#isForUs(stimulus.letter)) this.#hear(stimulus.letter);
        break;
      case 'fire': {
        const { concern, id, event } = stimulus.timer;
        this.#timers.delete(`${concern} ${id}`);
        this.#mailboxes.get(concern)?.(event);
        break;
      }
      case 'ring': {
        const { alarm: id } = stimulus;
        const atMs = this.#dues.get(id);
        this.#alarms.delete(id);
        this.#dues.delete(id);
        const at = atMs === undefined ? LATE_MS : this.#nowMs;
        this.#say({ type: 'clock.due', id, atMs: this.#nowMs + (atMs ?? 0) }, at);
        break;
      }
      case 'write': {
        const [write, ...rest] = this.#writes;
        if (!write) throw new Error('nothing is being written');
        this.#writes = rest;
        this.#disk = written(this.#disk, write);
        this.#say({ type: 'storage.written', owner: write.owner, ticket: write.ticket });
        break;
      }
      case 'feed':
        this.#say(stimulus.event);
        break;
      case 'crash':
      case 'tick':
        throw new Error('who crashes, or only grows older, has no turn');
    }
  }

  outcome(box: LetterBox): Outcome {
    const { nodes, carries, lifeOf } = this.#world.setup;
    const incarnation = lifeOf?.(this.#disk) ?? 1;
    const carried = this.#sends.filter(({ send }) => carries?.(send, this.#node) ?? true);
    const letters = carried.flatMap(({ send, group }) =>
      box.post(send, { from: this.#node, group, nodes, incarnation }),
    );
    return { local: this.#rest(), letters, heard: this.#heard };
  }

  /** The node as it rests, with everything erased that cannot matter. */
  #rest(): Local {
    let writes = this.#writes;
    const snapshots = this.#snapshots.map((snapshot, k) => {
      const name = this.#world.names[k] as string;
      const machine = this.#world.machines[name] as PureMachine;
      const context = machine.contextOf(snapshot);
      const answered = answeredOf(name, context, writes);
      writes = writes.map((write) =>
        write.owner === name ? { ...write, ticket: write.ticket - answered } : write,
      );
      return machine.rested(snapshot, answered, this.#nowMs);
    });
    return {
      node: this.#node,
      isUp: true,
      snapshots,
      timers: byText([...this.#timers.values()]),
      alarms: [...this.#alarms].sort(),
      ...(this.#world.setup.time && { dues: Object.fromEntries(this.#dues) }),
      writes,
      disk: this.#disk,
      group: this.#group,
      ...(this.#world.setup.time?.runs && { nowMs: this.#nowMs }),
      ...(this.#aside !== undefined && { aside: this.#aside }),
    };
  }

  /** As actors start: all of them are made, and then each begins to hear and is heard. */
  #start(): void {
    const { setup, names, machines } = this.#world;
    const inputs = setup.inputs(this.#node, this.#disk);
    const first = names.map((name) => (machines[name] as PureMachine).begin(inputs[name]));
    first.forEach(({ snapshot }, k) => {
      this.#snapshots[k] = snapshot;
    });
    const early = new Map<string, EventObject[]>(names.map((name) => [name, []]));
    const mailboxes = new Map(this.#mailboxes);
    for (const [name, waiting] of early) {
      this.#mailboxes.set(name, (event) => waiting.push(event));
    }
    names.forEach((name, k) => {
      this.#do(name, first[k]?.deeds ?? []);
      const mailbox = mailboxes.get(name) as (event: EventObject) => void;
      this.#mailboxes.set(name, mailbox);
      for (const event of early.get(name) ?? []) mailbox(event);
    });
    for (const event of setup.feeds(this.#node, this.#disk)) this.#say(event);
  }

  #say(event: Emitted, at = this.#nowMs): void {
    this.#put({ ...event, at });
  }

  #hear({ heard }: Letter): void {
    this.#put(this.#nowMs === 0 ? heard : { ...heard, at: this.#nowMs });
  }

  #step(name: string, k: number, event: EventObject): void {
    const machine = this.#world.machines[name] as PureMachine;
    const text = event === this.#letter?.heard ? this.#letter.text : canonicalText(event);
    const { snapshot, deeds } = machine.step(this.#snapshots[k] as number, event, text);
    this.#snapshots[k] = snapshot;
    this.#do(name, deeds);
  }

  /** Timers first: XState arms them within the step, and lets out what is said after it. */
  #do(concern: string, deeds: readonly Deed[]): void {
    for (const deed of deeds) {
      if (deed.kind === 'disarm') this.#timers.delete(`${concern} ${deed.timer}`);
      if (deed.kind === 'arm') {
        const { time } = this.#world.setup;
        if (isTimed(time, concern) && !time?.runs) throw new Error(`${concern} waits untold`);
        const { timer: id, event } = deed;
        this.#timers.set(`${concern} ${id}`, { concern, id, event });
      }
    }
    for (const deed of deeds) if (deed.kind === 'emit') this.#say(deed.event);
  }

  #effect(event: BusEvent): void {
    if (event.type === 'wire.send') this.#sends.push({ send: event, group: this.#group });
    if (event.type === 'genesis.formed') this.#group = event.group;
    if (event.type === 'clock.wake') {
      this.#alarms.add(event.id);
      if (isTimed(this.#world.setup.time, event.id)) {
        this.#dues.set(event.id, event.atMs - this.#nowMs);
      }
    }
    if (event.type === 'storage.write') {
      const { at: _, ...write } = event;
      this.#writes.push(write);
    }
    const { aside } = this.#world.setup;
    if (!aside?.hears.includes(event.type)) return;
    const taken = aside.take(this.#aside, event, this.#node);
    this.#aside = taken.aside;
    for (const said of taken.says) this.#say(said);
  }

  /** As `actors/wire.ts` judges, when every life of a peer counts. */
  #isForUs({ heard }: Letter): boolean {
    return isOpen(heard.type) || (this.#group !== '' && heard.group === this.#group);
  }
}
