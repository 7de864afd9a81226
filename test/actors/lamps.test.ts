/** A node's way to its lamp driver: when it may begin to command. */
import { expect, test } from 'vitest';
import { lan } from '../../protocol/timing.ts';
import { Town } from './town.ts';

test('a node commands no lamps before it is sure that nobody else goes by its id', async () => {
  const town = new Town(1);
  const shownMs: number[] = [];
  const open = (drop: boolean) =>
    town.open('n1', {
      lamps: (_, handlers) => {
        town.clock.setTimeout(() => handlers.ready({ boundMs: 0 }), 1);
        town.clock.setTimeout(() => handlers.shown({ a: 'red', b: 'red' }), 1);
        if (drop) town.clock.setTimeout(() => handlers.lost('gone'), 2);
        const show = () => void shownMs.push(town.clock.now());
        return { show, leave: () => {}, close: () => {} };
      },
    });
  const readyMs = ({ lines }: Awaited<ReturnType<typeof open>>) =>
    lines.flatMap((line) =>
      line.kind === 'fact' && line.event.type === 'lamps.ready' ? [line.t] : [],
    );
  const place = await open(false);
  const listensMs = 2 * lan().joinAnnounceMs;
  await town.walk(20_000);
  expect(readyMs(place)).toHaveLength(1);
  expect(readyMs(place)[0]).toBeGreaterThanOrEqual(listensMs);
  expect(shownMs[0]).toBeGreaterThan(listensMs);
  place.node.kill();
  // A driver that is gone by then is not taken for one that is there.
  const another = await open(true);
  await town.walk(20_000);
  expect(readyMs(another)).toEqual([]);
});

test.each([
  ['before it is sure leaves nothing, as a copy would leave for who lives', 100, 0],
  ['after that leaves its lamps what they have', 5_000, 1],
])('a node that stops %s', async (_, afterMs, leaves) => {
  const town = new Town(1);
  let left = 0;
  const { node } = await town.open('n1', {
    lamps: (_, handlers) => {
      town.clock.setTimeout(() => handlers.ready({ boundMs: 0 }), 1);
      const leave = () => {
        left += 1;
      };
      return { show: () => {}, leave, close: () => {} };
    },
  });
  await town.walk(afterMs);
  const stopped = node.stop();
  await town.walk(2_000);
  await stopped;
  expect(left).toBe(leaves);
});
