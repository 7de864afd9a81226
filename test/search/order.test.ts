/**
 * Holds the pure node of the search against actors: the same concerns, joined by the real bus, are
 * given the same stimuli, and the same events must go over the bus in the same order, and the same
 * timers and alarms must be armed afterwards.
 *
 * The actors' clock leaps at every stimulus, because without time every wait may be over, and the
 * pure node forgets what only time could make matter. Tickets and stamps are therefore not compared.
 */

import { expect, test } from 'vitest';
import { type AnyActorLogic, createActor, createMachine, fromCallback } from 'xstate';
import { audienceOf, busBetween, busQueue } from '../../actors/bus.ts';
import type { BusEvent, Emitted, Heard, Write } from '../../protocol/event.ts';
import { type Random, random } from '../../simulation/random.ts';
import { canonicalText } from '../../simulation/search/interner.ts';
import type { Letter } from '../../simulation/search/letter.ts';
import { admitOf, replicaModel } from '../../simulation/search/models/replica.ts';
import {
  type Local,
  type NodeSetup,
  NodeView,
  NodeWorld,
  type Stimulus,
  type Timer,
} from '../../simulation/search/node.ts';

const SEQUENCES = 200;
const STIMULI = 60;
/** Longer than any wait, so that whatever time could end has ended. */
const LEAP_MS = 1e6;
const LETTERS_MAX = 12;

const { setup: nodes } = replicaModel({
  name: 'order',
  title: 'three nodes',
  nodes: ['a', 'b', 'c'],
  termMax: 9,
  entriesMax: 9,
  writesMax: 9,
  standing: ['a', 'b', 'c'],
  bounds: { crashes: 1, drops: 1, duplicates: 1, timeouts: 1, beats: 1, requests: 1, letters: 1 },
});
const names = Object.keys(nodes.concerns);
/** What two ways to run a node must have in common. */
interface Seen {
  readonly heard: readonly string[];
  readonly timers: readonly string[];
  readonly alarms: readonly string[];
}

const NOT_COMPARED = new Set(['at', 'atMs', 'ticket']);
const comparable = (event: object): string =>
  JSON.stringify(event, (key, value) => {
    if (NOT_COMPARED.has(key)) return undefined;
    const isPlain = value !== null && typeof value === 'object' && !Array.isArray(value);
    return isPlain ? Object.fromEntries(Object.entries(value).sort()) : value;
  });

/** One node of actors: the real bus, and effects that do nothing until they are told. */
class ActorNode {
  readonly #actor;
  readonly #put: (event: Emitted | Omit<Heard, 'at'>) => void;
  #nowMs = 0;
  #heard: BusEvent[] = [];
  readonly #alarms = new Set<string>();
  readonly #writes: Write[] = [];
  /** By what XState has scheduled: how it fires. */
  readonly #fires = new Map<object, () => void>();

  constructor({ concerns, inputs, feeds }: NodeSetup, { node, disk }: Local) {
    const effect = (hear: (event: BusEvent) => unknown) =>
      fromCallback<BusEvent>(({ receive }) => receive(hear));
    const audience = audienceOf(concerns, {
      clock: ['clock.wake'],
      storage: ['storage.write'],
    });
    const clock = {
      now: () => this.#nowMs,
      setTimeout: (fire: () => void) => this.#arm(fire),
      clearTimeout: () => {},
    };
    this.#put = busQueue({
      audience,
      hearer: (id) => this.#actor.system.get(id),
      now: clock.now,
      tell: (event) => void this.#heard.push(event as BusEvent),
    });
    const input = inputs(node, disk);
    const logics: Record<string, AnyActorLogic> = {
      bus: busBetween(concerns, (event) => this.#put(event as Emitted)),
      clock: effect((event) => event.type === 'clock.wake' && this.#alarms.add(event.id)),
      storage: effect((event) => event.type === 'storage.write' && this.#writes.push(event)),
      ...concerns,
    };
    const machine = createMachine({
      invoke: Object.entries(logics).map(([systemId, src]) => {
        return { systemId, src, input: input[systemId] };
      }),
    });
    this.#actor = createActor(machine, { clock });
    this.#actor.start();
    for (const event of feeds(node, disk)) this.#put(event);
  }

  take(stimulus: Stimulus): void {
    this.#nowMs += LEAP_MS;
    this.#heard = [];
    if (stimulus.kind === 'hear') {
      const { at: _, ...heard } = stimulus.letter.heard;
      this.#put(heard);
    }
    if (stimulus.kind === 'feed') this.#put(stimulus.event);
    if (stimulus.kind === 'ring') {
      this.#alarms.delete(stimulus.alarm);
      this.#put({ type: 'clock.due', id: stimulus.alarm, atMs: 0 });
    }
    if (stimulus.kind === 'write') {
      const { owner, ticket } = this.#writes.shift() as Write;
      this.#put({ type: 'storage.written', owner, ticket });
    }
    if (stimulus.kind === 'fire') this.#fire(stimulus.timer);
  }

  seen(): Seen {
    return {
      heard: this.#heard.map(comparable),
      timers: this.#scheduled()
        .map(({ concern, id }) => `${concern} ${id}`)
        .sort(),
      alarms: [...this.#alarms].sort(),
    };
  }

  stop(): void {
    this.#actor.stop();
  }

  #scheduled() {
    const scheduled = Object.values(this.#actor.system.getSnapshot()._scheduledEvents);
    return scheduled.map((one) => ({
      concern: names.find((name) => this.#actor.system.get(name) === one.source) ?? '',
      id: one.id,
      one,
    }));
  }

  #arm(fire: () => void): object {
    const fresh = this.#scheduled().find(({ one }) => !this.#fires.has(one));
    if (!fresh) throw new Error('a timer was set that nobody scheduled');
    this.#fires.set(fresh.one, fire);
    return fresh.one;
  }

  #fire({ concern, id }: Timer): void {
    const due = this.#scheduled().find((timer) => timer.concern === concern && timer.id === id);
    if (!due) throw new Error(`${concern} has no timer ${id}`);
    this.#fires.get(due.one)?.();
  }
}

/**
 * What goes on by itself, and, less often, what only waiting or a client brings about. Clients ask
 * who leads, as in every model: a question passed on would carry a ticket that is not compared.
 */
const choicesOf = (view: NodeView, letters: readonly Letter[], chance: Random): Stimulus[] => {
  const { local } = view;
  if (!local.isUp) return [{ kind: 'start' }];
  const isPrimary = view.stateOf('replica') === 'primary';
  const mine = letters.filter(({ to }) => to === local.node);
  const busy: Stimulus[] = [
    ...mine.map((letter) => ({ kind: 'hear', letter }) as const),
    ...local.writes.slice(0, 1).map(() => ({ kind: 'write' }) as const),
  ];
  if (busy.length > 0 && chance.chance(0.9)) return busy;
  return [
    ...local.timers.map((timer) => ({ kind: 'fire', timer }) as const),
    ...local.alarms.map((alarm) => ({ kind: 'ring', alarm }) as const),
    ...(isPrimary ? [{ kind: 'feed', event: admitOf('x') } as const] : []),
  ];
};

/** Plays one sequence of stimuli both ways; says how many events went over the buses. */
const play = (world: NodeWorld, chance: Random): { events: number; types: Set<string> } => {
  const locals = nodes.nodes.map((node) => world.down(node, { vote: { term: 1, votedFor: null } }));
  const actors: (ActorNode | undefined)[] = locals.map(() => undefined);
  const types = new Set<string>();
  let letters: Letter[] = [];
  let events = 0;
  for (let count = 0; count < STIMULI; count += 1) {
    const node = count < locals.length ? count : chance.below(locals.length);
    const before = locals[node] as Local;
    const isCrash = before.isUp && chance.chance(0.02);
    const durable = chance.below(before.writes.length + 1);
    const stimulus: Stimulus = isCrash
      ? { kind: 'crash', durable }
      : chance.pick(choicesOf(new NodeView(world, before), letters, chance));
    const outcome = world.take(before, stimulus);
    locals[node] = outcome.local;
    // Some are lost, some arrive again.
    if (stimulus.kind === 'hear' && chance.chance(0.9)) {
      letters = letters.filter((letter) => letter !== stimulus.letter);
    }
    letters = [...letters, ...outcome.letters].slice(-LETTERS_MAX);
    if (stimulus.kind === 'crash') {
      actors[node]?.stop();
      actors[node] = undefined;
      continue;
    }
    if (stimulus.kind === 'start') actors[node] = new ActorNode(nodes, before);
    else actors[node]?.take(stimulus);
    const { timers, alarms } = outcome.local;
    const pure: Seen = {
      heard: outcome.heard.map(comparable),
      timers: timers.map(({ concern, id }) => `${concern} ${id}`).sort(),
      alarms: [...alarms].sort(),
    };
    expect(actors[node]?.seen(), `stimulus ${count}: ${canonicalText(stimulus)}`).toEqual(pure);
    events += pure.heard.length;
    for (const { type } of outcome.heard) types.add(type);
  }
  for (const actor of actors) actor?.stop();
  return { events, types };
};

test('a pure node puts the same events on its bus in the same order as actors do', () => {
  const world = new NodeWorld(nodes);
  const types = new Set<string>();
  let events = 0;
  for (let seed = 1; seed <= SEQUENCES; seed += 1) {
    const played = play(world, random(seed, 'order'));
    events += played.events;
    for (const type of played.types) types.add(type);
  }
  expect(events).toBeGreaterThan(SEQUENCES * STIMULI);
  expect([...types]).toEqual(
    expect.arrayContaining([
      ...['election.elected', 'election.lost', 'replica.committed', 'replica.nack'],
      ...['replica.ack', 'replica.answered', 'storage.written', 'clock.due'],
    ]),
  );
}, 120_000);
