/**
 * The inspector: what those who look on are told is what happened, in the package's own words, whole,
 * and bounded when there is too much of it.
 */
import { createInspector } from '@statelyai/inspect';
import { describe, expect, test } from 'vitest';
import {
  type AnyMachineSnapshot,
  type AnyStateNode,
  assign,
  createActor,
  createMachine,
  type InspectionEvent,
  setup,
} from 'xstate';
import { Inspector } from '../../actors/inspector.ts';
import { concerns, nodeMachine } from '../../machines/node.ts';
import { Eye, InspectedTown, type Told, type ToldOf } from './inspected.ts';

const EFFECTS = ['bus', 'clock', 'storage', 'lamps', 'sensors', 'wire'];
const ACTORS = ['node', ...EFFECTS, ...Object.keys(concerns)];

/** Five nodes meet and agree; the leader is killed, another is stopped. */
const eventful = async () => {
  const town = new InspectedTown(5);
  const places = [];
  for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) places.push(await town.inspect(id));
  await town.walk(20_000);
  places[0]?.node.kill();
  town.network.crash('n1');
  await town.walk(6000);
  void places[1]?.node.stop();
  await town.walk(3000);
  for (const { inspector } of places) inspector.flush();
  return places;
};
const places = await eventful();
const machineOf = (sessionId: string) =>
  ({ node: nodeMachine, ...concerns })[sessionId.split('/').at(-1) as keyof typeof concerns];

describe('who looks on', () => {
  test('sees every actor of five nodes, by ids that none has in common', () => {
    const ids = places.map(({ eye }) => eye.toldOf('@xstate.actor').map((a) => a.sessionId));
    for (const [k, own] of ids.entries()) {
      expect(own.toSorted()).toEqual(ACTORS.map((name) => `town/n${k + 1}/${name}`).toSorted());
    }
    expect(new Set(ids.flat()).size).toBe(5 * ACTORS.length);
  });

  test('can rebuild every machine from its definition, with all its states and events', () => {
    for (const { eye } of places) {
      for (const { definition = '', sessionId } of eye.toldOf('@xstate.actor')) {
        const machine = machineOf(sessionId);
        const rebuilt = createMachine(JSON.parse(definition));
        if (!machine) continue;
        expect(rebuilt.events).toEqual(machine.events);
        expect(statesOf(rebuilt.root)).toEqual(statesOf(machine.root));
      }
    }
  });

  test('sees each state that the journal tells of, in its order', () => {
    for (const { eye, lines } of places) {
      const seen = new Map<string, string[]>();
      for (const { sessionId, snapshot } of eye.toldOf('@xstate.snapshot')) {
        const name = sessionId.split('/').at(-1) ?? '';
        if (machineOf(sessionId)) note(seen, name, JSON.stringify(stateIn(snapshot)));
      }
      const written = new Map<string, string[]>();
      for (const line of lines) {
        if (line.kind === 'state') note(written, line.machine, JSON.stringify(line.value));
      }
      expect(written.size).toBe(Object.keys(concerns).length + 1);
      expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(written));
    }
  });

  test('has snapshots that the rebuilt machines can be in, with their contexts', () => {
    const { eye, node } = places[2] as (typeof places)[number];
    for (const name of Object.keys(concerns) as (keyof typeof concerns)[]) {
      const id = `town/n3/${name}`;
      const { definition = '' } =
        eye.toldOf('@xstate.actor').find(({ sessionId }) => sessionId === id) ?? {};
      const rebuilt = createMachine(JSON.parse(definition));
      const last = eye.toldOf('@xstate.snapshot').findLast(({ sessionId }) => sessionId === id);
      const { value, context } = (last as ToldOf<'@xstate.snapshot'>)
        .snapshot as AnyMachineSnapshot;
      expect(rebuilt.resolveState({ value, context }).value).toEqual(node.stateOf(name)?.value);
      expect(context).toEqual(node.stateOf(name)?.context);
    }
  });

  test('sees who said an event: the machine, the effect, and across nodes the other’s wire', () => {
    const arrows = new Set(
      places.flatMap(({ eye }) =>
        eye
          .toldOf('@xstate.event')
          .map(({ sourceId, sessionId, event }) => `${sourceId} ${event.type} ${sessionId}`),
      ),
    );
    for (const arrow of [
      'town/n1/node xstate.init town/n1/election',
      'town/n1/detector wire.send town/n1/wire',
      'town/n1/wire detector.beat town/n2/wire',
      'town/n2/wire detector.beat town/n2/detector',
      'town/n2/detector clock.wake town/n2/clock',
      'town/n2/clock clock.due town/n2/detector',
      'town/n2/detector detector.suspected town/n2/election',
      'town/n2/election storage.write town/n2/storage',
      'town/n2/storage storage.written town/n2/election',
      'town/n2/election election.elected town/n2/replica',
      'town/n2/phases lamps.show town/n2/lamps',
      'town/n2/lamps lamps.shown town/n2/phases',
    ]) {
      expect(arrows).toContain(arrow);
    }
  });

  test('knows the sender of every event but of those that come from no actor', () => {
    const unknown = places.flatMap(({ eye }) =>
      eye
        .toldOf('@xstate.event')
        .filter(({ sourceId }) => sourceId === undefined)
        .map(({ event }) => event.type),
    );
    expect([...new Set(unknown)].toSorted()).toEqual(['node.stop', 'node.stopping', 'xstate.init']);
  });
});

/** The ids of a state and of all within it. */
const statesOf = ({ id, states }: AnyStateNode): string[] => [
  id,
  ...Object.values(states).flatMap(statesOf),
];

const stateIn = (snapshot: unknown) => (snapshot as AnyMachineSnapshot).value;

/** Adds to a list what differs from its last. */
const note = (lists: Map<string, string[]>, key: string, text: string) => {
  const list = lists.get(key) ?? [];
  if (list.at(-1) !== text) lists.set(key, [...list, text]);
};

test('who comes late is told all definitions first, then what each actor has come to', () => {
  const { inspector, node } = places[2] as (typeof places)[number];
  const present = inspector.present().map((text) => JSON.parse(text) as Told);
  const kinds = present.map(({ type }) => type);
  const count = ACTORS.length;
  expect(kinds).toEqual([
    ...Array(count).fill('@xstate.actor'),
    ...Array(count).fill('@xstate.snapshot'),
  ]);
  for (const message of present) {
    if (message.type === '@xstate.event' || !message.sessionId.endsWith('/election')) continue;
    const { value, context } = node.stateOf('election') ?? {};
    expect(message.snapshot).toMatchObject({ value, context });
  }
});

test('each message is the package’s own message of the same step, but for its ids', async () => {
  const own: Told[] = [];
  const official = createInspector(
    { send: (message) => own.push(message) },
    // Deep enough for anything; 10, as the package has it, cuts our definitions short.
    { serializationDepthLimit: 100 },
  );
  const eye = new Eye();
  const inspector = new Inspector({ district: 'd', node: 'n', outlet: eye });
  const machine = createMachine({
    id: 'door',
    context: { opened: 0, inner: { deep: [1, null, 'é"'] } },
    initial: 'shut',
    states: {
      shut: { on: { open: { target: 'ajar', guard: () => true } } },
      ajar: { type: 'parallel', states: { a: {}, b: { initial: 'c', states: { c: {}, d: {} } } } },
    },
    invoke: { src: 'bell', systemId: 'bell' },
    on: { shut: '.shut' },
  }).provide({ actors: { bell: createMachine({ id: 'bell', on: { ring: {} } }) } });
  const inspect = (event: InspectionEvent) => {
    official.inspect.next?.(event);
    inspector.step(event);
    // So that no snapshot stands for another.
    inspector.flush();
  };
  const actor = createActor(machine, { inspect });
  actor.start();
  actor.send({ type: 'open', by: ['hand'], at: 1 });
  actor.system.get('bell').send({ type: 'ring' });
  actor.send({ type: 'nothing' });
  actor.send({ type: 'shut' });
  actor.stop();
  // The package tells each step when a timer of no delay rings: this is the last of them.
  await new Promise((resolve) => setTimeout(resolve, 0));
  const names = ['d/n/node', 'd/n/bell'];
  const sessions = [...new Set(own.map(({ sessionId }) => sessionId))];
  const rename = (message: Told): unknown => {
    const text = JSON.stringify(message);
    const renamed = sessions.reduce(
      (all, id, k) => all.replaceAll(`"${id}"`, `"${names[k]}"`),
      text,
    );
    const { createdAt: _, name: __, ...rest } = JSON.parse(renamed);
    // The definition is a text within the text, in whose order of keys we do not follow.
    return 'definition' in rest ? { ...rest, definition: JSON.parse(rest.definition) } : rest;
  };
  const told = eye.told();
  const isNews = (message: Told, k: number, all: Told[]) =>
    message.type !== '@xstate.snapshot' || isChange(message, all.slice(0, k));
  const events = (all: Told[]) => all.filter(({ type }) => type !== '@xstate.actor').map(rename);
  expect(events(told)).toEqual(events(own.filter(isNews)));
  const actors = (all: Told[]) =>
    all
      .filter((message): message is ToldOf<'@xstate.actor'> => message.type === '@xstate.actor')
      .map(({ snapshot: _, ...message }) => rename(message as Told));
  expect(actors(told)).toEqual(actors(own));
  expect(told.map(({ _version }) => _version)).toEqual(told.map(() => own[0]?._version));
});

/** Whether a snapshot differs from the last of its actor: the package tells both. */
const isChange = ({ sessionId, snapshot }: ToldOf<'@xstate.snapshot'>, before: Told[]) => {
  const last = before.findLast(
    (message) => message.type === '@xstate.snapshot' && message.sessionId === sessionId,
  ) as ToldOf<'@xstate.snapshot'> | undefined;
  return JSON.stringify(last?.snapshot) !== JSON.stringify(snapshot);
};

test('who is inspected does the very same as who is not', async () => {
  const run = async (isInspected: boolean) => {
    const town = new InspectedTown(3, 5);
    const open = isInspected ? town.inspect.bind(town) : town.open.bind(town);
    const all = [await open('n1'), await open('n2'), await open('n3')];
    await town.walk(15_000);
    return all.map(({ lines }) => lines);
  };
  expect(await run(true)).toEqual(await run(false));
});

describe('who cannot take it all', () => {
  test('is told what he missed, and what all has come to meanwhile', async () => {
    const town = new InspectedTown(3);
    const { eye } = await town.inspect('n1');
    await town.open('n2');
    await town.walk(5000);
    eye.state = 'full';
    await town.walk(5000);
    const before = eye.texts.length;
    await town.walk(1000);
    expect(eye.texts).toHaveLength(before);
    eye.state = 'open';
    await town.walk(1000);
    const told = eye.told().slice(before);
    const at = told.findIndex((message) => 'event' in message && message.event.type === DROPPED);
    const { event } = told[at] as ToldOf<'@xstate.event'>;
    expect(event).toEqual({ type: DROPPED, count: expect.any(Number) });
    expect(event['count']).toBeGreaterThan(50);
    expect(told.slice(at - 2 * ACTORS.length, at).map(({ type }) => type)).toEqual([
      ...Array(ACTORS.length).fill('@xstate.actor'),
      ...Array(ACTORS.length).fill('@xstate.snapshot'),
    ]);
    expect(told.length).toBeGreaterThan(at + 1);
  });

  test('costs nothing while nobody looks on, and comes late like anybody', async () => {
    const town = new InspectedTown(3);
    const { eye, inspector } = await town.inspect('n1');
    eye.state = 'shut';
    await town.walk(5000);
    expect(eye.texts).toEqual([]);
    eye.state = 'open';
    eye.send(inspector.present());
    await town.walk(1000);
    const told = eye.told();
    expect(told[0]).toMatchObject({ type: '@xstate.actor', sessionId: 'town/n1/node' });
    expect(told.some((message) => 'event' in message && message.event.type === DROPPED)).toBe(
      false,
    );
  });

  test('gets no more in a batch than may wait, whatever happens in it', () => {
    const { eye, actor } = busyActor();
    for (let k = 0; k < 10_000; k += 1) actor.send({ type: 'tick', k });
    eye.flush();
    expect(eye.texts.length).toBeLessThan(2100);
    const last = eye.told().at(-1) as ToldOf<'@xstate.event'>;
    expect(last.event.type).toBe(DROPPED);
    const events = eye.toldOf('@xstate.event').filter(({ event }) => event.type === 'tick');
    // Each tick was an event and a snapshot; the first note was the actor's.
    expect(2 * events.length + (last.event['count'] as number)).toBeGreaterThanOrEqual(20_000);
    const state = eye.toldOf('@xstate.snapshot').at(-1)?.snapshot as AnyMachineSnapshot;
    expect(state.context).toEqual({ ticks: 10_000 });
  });

  test('is spared parts that would hold up the rest', () => {
    const { eye, actor } = busyActor();
    actor.send({ type: 'tick', burden: 'x'.repeat(300_000) });
    eye.flush();
    const found = eye.toldOf('@xstate.event').find(({ event }) => event.type === 'tick');
    expect(found?.event).toEqual({ type: 'tick', omitted: expect.stringMatching(/^3\d+ char/) });
  });

  test('is spared parts that no text can tell, and so is the node', () => {
    const { eye, actor } = busyActor();
    const ring: { self?: unknown } = {};
    ring.self = ring;
    actor.send({ type: 'tick', ring });
    actor.send({ type: 'tick', big: 1n });
    eye.flush();
    const told = eye.toldOf('@xstate.event').filter(({ event }) => event.type === 'tick');
    expect(told.map(({ event }) => String(event['omitted']))).toEqual([
      expect.stringMatching(/circular/),
      expect.stringMatching(/BigInt/),
    ]);
  });
});

const DROPPED = 'inspector.dropped';

const busyActor = () => {
  const eye = new Eye();
  const inspector = new Inspector({ district: 'd', node: 'n', outlet: eye });
  const machine = setup({ types: {} as { context: { ticks: number } } }).createMachine({
    id: 'node',
    context: { ticks: 0 },
    on: { tick: { actions: assign({ ticks: ({ context }) => context.ticks + 1 }) } },
  });
  const actor = createActor(machine, { inspect: inspector.step }).start();
  return { actor, eye: Object.assign(eye, { flush: () => inspector.flush() }) };
};
