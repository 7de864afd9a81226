/** The door of a cabinet, as `greenwave call` and `preempt --local` find it. */
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { atDoor } from '../../bin/cabinet-door.ts';
import { cabinetSocket, makeSocketFolder } from '../../cabinet/address.ts';
import { town } from '../../simulation/town.ts';

test('a driver that goes away while somebody waits for a walk is told at once', async () => {
  const district = town(1, { name: `door-${process.pid}` });
  const path = cabinetSocket(district, 'x1');
  makeSocketFolder(path);
  const server = createServer((socket) => socket.once('data', () => socket.destroy()));
  await new Promise<void>((resolve) => server.listen({ path }, resolve));
  onTestFinished(() => void server.close());
  const asked = atDoor({
    district,
    input: { intersection: 'x1', input: 'call', group: 'walk', active: true },
    isDone: () => false,
    limitMs: 60_000,
  });
  await expect(asked).rejects.toThrow('the lamp driver of x1 hung up');
});
