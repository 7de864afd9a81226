/**
 * The supervisor: whatever fails, be it a concern or an effect, ends in fail-safe; and an effect
 * that nobody provided is a failure at start, never a silent nothing.
 */
import { describe, expect, test } from 'vitest';
import { type AnyActorRef, createActor, fromCallback } from 'xstate';
import { nothingStored } from '../../actors/storage.ts';
import { concerns, type NodeInput, nodeMachine } from '../../machines/node.ts';
import type { BusEvent } from '../../protocol/event.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection } from './any-intersection.ts';
import { contract } from './play.ts';

const input: NodeInput = {
  id: 'n1',
  incarnation: 1,
  outbids: 0,
  store: 's1',
  district: 'town',
  contract: contract(),
  filed: contract().timing,
  versions: [1, 1],
  expect: 1,
  isObserver: false,
  intersection: anyIntersection(seeded(1)),
  links: [],
  filedPlans: [],
  stored: nothingStored,
};

/** An effect that does nothing, until it is asked to fail. */
const quiet = fromCallback<BusEvent>(({ receive }) => {
  receive((event) => {
    if (Object.keys(event).length > 100) throw new Error('never');
  });
});
const quietOfNode = fromCallback<BusEvent, NodeInput>(({ receive }) => {
  receive((event) => {
    if (Object.keys(event).length > 100) throw new Error('never');
  });
});
const effects = {
  ...{ bus: quiet, clock: quiet, storage: quiet },
  ...{ wire: quietOfNode, lamps: quietOfNode, sensors: quietOfNode },
};

/** An event of which nothing but the type can be read. */
const poison = (type: string) =>
  new Proxy(
    { type },
    {
      get: (target, key) => {
        if (key === 'type') return target.type;
        throw new Error(`${type} is poisoned`);
      },
      ownKeys: () => {
        throw new Error(`${type} is poisoned`);
      },
    },
  );

/** The same node, which shares its intersection with another. */
const sharing = (): NodeInput => {
  const { node: _, ...intersection } = anyIntersection(seeded(1));
  const holders = intersection.groups.map(({ id }, k) => [id, k === 0 ? 'n2' : 'n1']);
  return { ...input, intersection: { ...intersection, nodes: Object.fromEntries(holders) } };
};

const started = (given: Partial<typeof effects> = effects, from = input) => {
  const told: string[] = [];
  const actor = createActor(nodeMachine.provide({ actors: given }), {
    input: from,
    clock: new VirtualClock(),
    inspect: (event) => {
      if (event.type === '@xstate.event' && event.actorRef === actor) told.push(event.event.type);
    },
  });
  actor.start();
  return { actor, told, state: () => actor.getSnapshot().value };
};

test('a node whose parts are all there runs', () => {
  expect(started().state()).toBe('running');
});

describe.each(Object.keys(effects))('the effect %s', (name) => {
  test('that is not provided is a failure at start, which is told', () => {
    const { [name as keyof typeof effects]: _, ...others } = effects;
    const { state, told } = started(others);
    expect(state()).toBe('failSafe');
    expect(told.some((type) => type.startsWith('xstate.error.actor.'))).toBe(true);
  });

  test('that fails later ends in fail-safe', () => {
    const { actor, state, told } = started();
    (actor.system.get(name) as AnyActorRef).send(poison('wire.send'));
    expect(state()).toBe('failSafe');
    expect(told.some((type) => type.startsWith('xstate.error.actor.'))).toBe(true);
  });
});

describe.each(Object.entries(concerns))('the concern %s', (name, machine) => {
  test('that fails ends in fail-safe, and nothing runs any more', () => {
    // A concern of shared intersections does nothing at others.
    const isOfShared = ['holder', 'demand', 'witness'].includes(name);
    const { actor, state } = started(effects, isOfShared ? sharing() : input);
    for (const type of machine.events) {
      (actor.system.get(name) as AnyActorRef | undefined)?.send(poison(type));
    }
    expect(state()).toBe('failSafe');
    for (const other of [...Object.keys(concerns), ...Object.keys(effects)]) {
      expect(actor.system.get(other)).toBeUndefined();
    }
  });
});

test('a node that failed stays so until it is stopped', () => {
  const { actor, state } = started();
  actor.send({ type: 'node.failed', reason: 'the transport could not be opened' });
  expect(state()).toBe('failSafe');
  actor.send({ type: 'node.failed', reason: 'again' });
  expect(state()).toBe('failSafe');
  actor.send({ type: 'node.stop' });
  expect(actor.getSnapshot().status).toBe('done');
});
