/** How what a node says goes out: to whom, in how many pieces, and what is never sent. */
import { describe, expect, test } from 'vitest';
import { ALL, type Message } from '../../protocol/event.ts';

import { announce, beat, inGroup } from './wired.ts';

describe('goes out', () => {
  const chunk = (size: number): Message => ({
    type: 'replica.chunk',
    term: 1,
    index: 1,
    indexTerm: 1,
    offset: 0,
    total: size,
    data: 'x'.repeat(size),
  });

  test('what is for all, in one datagram', async () => {
    const world = await inGroup();
    world.take({ type: 'wire.send', to: ALL, message: beat });
    world.run();
    for (const { heard } of world.ears) {
      expect(heard).toMatchObject([{ type: 'detector.beat', via: 'all' }]);
    }
  });

  test('what is for all but too large for a datagram, one by one to every known peer', async () => {
    const world = await inGroup();
    world.meet(2);
    world.meet(3);
    world.take({ type: 'wire.send', to: ALL, message: chunk(5000) });
    world.run();
    for (const { heard } of world.ears) {
      expect(heard).toMatchObject([{ type: 'replica.chunk', via: 'one' }]);
    }
    expect(world.delivered).toMatchObject([
      { type: 'wire.said', message: 'replica.chunk', to: 'n2' },
      { type: 'wire.said', message: 'replica.chunk', to: 'n3' },
    ]);
  });

  test('what is for one, to that one alone; for a stranger, nowhere', async () => {
    const world = await inGroup();
    world.meet(2);
    for (const to of ['n2', 'n3', 'constructor']) {
      world.take({ type: 'wire.send', to, message: { type: 'detector.probe' } });
    }
    world.run();
    expect(world.ears.map(({ heard }) => heard.length)).toEqual([1, 0]);
  });

  test('nothing any more, once the node gives its store up', async () => {
    const world = await inGroup();
    world.meet(2);
    world.take({ type: 'storage.reset', owner: 'merge', ticket: 1, puts: [] });
    for (const to of [ALL, 'n2']) world.take({ type: 'wire.send', to, message: beat });
    world.run();
    expect(world.ears.map(({ heard }) => heard.length)).toEqual([0, 0]);
    expect(world.delivered).toEqual([]);
  });

  test('what is for an address, to that address', async () => {
    const world = await inGroup();
    const address = world.ears[1]?.port.address;
    world.take({ type: 'wire.send', to: address, message: { type: 'detector.probe' } });
    world.run();
    expect(world.ears.map(({ heard }) => heard.length)).toEqual([0, 1]);
  });

  test('everything with a counter of its own, so that repeats are known', async () => {
    const world = await inGroup();
    for (let k = 0; k < 5; k += 1) world.take({ type: 'wire.send', to: ALL, message: beat });
    world.run();
    expect(new Set(world.ears[0]?.heard.map((one) => one.counter)).size).toBe(5);
  });

  test('nothing that is too long for a frame: an operator is told', async () => {
    const world = await inGroup();
    world.meet(2);
    world.take({ type: 'wire.send', to: 'n2', message: chunk(300_000) });
    world.run();
    expect(world.ears[0]?.heard).toEqual([]);
    expect(world.troubles).toEqual([expect.stringContaining('replica.chunk needs')]);
  });

  test('from an observer, nothing that anybody counts', async () => {
    const world = await inGroup({ isObserver: true });
    for (const message of [beat, announce(), { type: 'detector.alive' }]) {
      world.take({ type: 'wire.send', to: ALL, message });
    }
    world.run();
    expect(world.ears[0]?.heard).toMatchObject([{ type: 'membership.announce' }]);
  });
});
