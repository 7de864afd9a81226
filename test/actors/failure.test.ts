/** A node with a failing part: it falls back to fail-safe, and whoever runs it is told why. */
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { createNode } from '../../actors/node.ts';
import { storageOn, volatileStore } from '../../actors/storage.ts';
import { ConfigError } from '../../protocol/assert.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { Town, townOf } from './town.ts';

describe('a part that fails', () => {
  test('the store: the node ends in fail-safe, tells the reason and says nothing more', async () => {
    const town = new Town(1);
    const broken = {
      ...volatileStore({ id: 's', incarnation: 1 }),
      write: () => {
        throw new Error('no space left on device');
      },
    };
    const { node, lines, failures } = await town.open('n1', { store: broken });
    await town.walk(20_000);
    expect(failures).toEqual([expect.stringContaining('no space left on device')]);
    const errors = lines.filter(({ kind }) => kind === 'error');
    expect(errors).toMatchObject([{ message: expect.stringContaining('no space left') }]);
    const states = lines.filter((line) => line.kind === 'state' && line.machine === 'node');
    expect(states.at(-1)).toMatchObject({ value: 'failSafe' });
    expect(node.stateOf('phases')).toBeUndefined();
    const until = lines.length;
    await town.walk(20_000);
    expect(lines).toHaveLength(until);
  });

  test('a store that is given up is asked for nothing more', async () => {
    const clock = new VirtualClock();
    const asked: string[] = [];
    const store = {
      ...volatileStore({ id: 's', incarnation: 1 }),
      write: () => void asked.push('write'),
      reset: () => void asked.push('reset'),
    };
    const actor = createActor(storageOn(store, () => {})).start();
    const write = { type: 'storage.write' as const, owner: 'election', ticket: 1, puts: [] };
    actor.send({ ...write, removes: [], at: clock.now() });
    actor.send({ ...write, type: 'storage.reset', owner: 'merge', at: clock.now() });
    actor.send({ ...write, removes: [], at: clock.now() });
    expect(asked).toEqual(['write', 'reset']);
  });

  test('the way to the lamps: the same, and what the lamps have ends by itself', async () => {
    const town = new Town(1);
    const closed: string[] = [];
    const { failures } = await town.open('n1', {
      lamps: (who, handlers) => {
        town.clock.setTimeout(() => {
          handlers.ready({ boundMs: 0 });
          handlers.shown({ a: 'red', b: 'red' });
        }, 1);
        return {
          show: () => {
            throw new Error('broken pipe');
          },
          leave: () => {},
          close: () => closed.push(who.node),
        };
      },
    });
    await town.walk(10_000);
    expect(failures).toEqual([expect.stringContaining('broken pipe')]);
    expect(closed).toEqual(['n1']);
  });

  test('the wire: the same, and its port is closed', async () => {
    const town = new Town(1);
    const closed: string[] = [];
    const port = {
      address: { host: '10.0.0.1', port: 6000 },
      sendAll: () => {
        throw new Error('no buffer space');
      },
      sendOne: () => {},
      close: async () => void closed.push('n1'),
    };
    const { failures } = await town.open('n1', { transport: { open: async () => port } });
    await town.walk(10_000);
    expect(failures).toEqual([expect.stringContaining('no buffer space')]);
    expect(closed).toEqual(['n1']);
  });

  test('can still be stopped, and stopping ends', async () => {
    const town = new Town(1);
    const { node, failures } = await town.open('n1', {
      lamps: () => {
        throw new Error('no such cabinet');
      },
    });
    expect(failures).toEqual([expect.stringContaining('no such cabinet')]);
    let isStopped = false;
    void node.stop().then(() => {
      isStopped = true;
    });
    await town.walk(2000);
    expect(isStopped).toBe(true);
  });
});

describe('a mistake of the operator', () => {
  const options = {
    district: townOf(2),
    store: volatileStore({ id: 's', incarnation: 1 }),
    transport: { open: () => Promise.reject(new Error('never opened')) },
    lamps: () => {
      throw new Error('never opened');
    },
  };

  test.each(['*', '', 'n'.repeat(65), 'n9'])('is refused before anything starts: id %j', (id) => {
    expect(() => createNode({ ...options, id })).toThrow(ConfigError);
  });

  test('is none for an observer, which serves no intersection', () => {
    expect(() => createNode({ ...options, id: 'n9', isObserver: true })).not.toThrow();
  });
});

describe('a stop', () => {
  test('says goodbye, so that the others need not wait for silence', async () => {
    const town = new Town(3);
    const places = [await town.open('n1'), await town.open('n2'), await town.open('n3')];
    await town.walk(10_000);
    let isStopped = false;
    void places[2]?.node.stop().then(() => {
      isStopped = true;
    });
    await town.walk(2000);
    expect(isStopped).toBe(true);
    for (const { lines } of places.slice(0, 2)) {
      const left = lines.flatMap((line) =>
        line.kind === 'fact' && line.event.type === 'membership.left' ? [line.event] : [],
      );
      expect(left).toMatchObject([{ peer: 'n3', how: 'goodbye' }]);
    }
    await town.walk(60_000);
    expect(town.judge.verdict().unsafe).toEqual([]);
  });

  test('twice ends twice', async () => {
    const town = new Town(1);
    const { node } = await town.open('n1');
    await town.walk(5000);
    let stops = 0;
    for (let time = 0; time < 2; time += 1) {
      void node.stop().then(() => {
        stops += 1;
      });
    }
    await town.walk(4000);
    expect(stops).toBe(2);
  });
});
