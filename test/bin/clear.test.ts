/** `greenwave clear` against drivers that do not answer, and where latches are kept. */
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clear } from '../../bin/clear.ts';
import { latchFolder } from '../../bin/latch-folder.ts';
import type { District } from '../../protocol/check-district.ts';
import { discoveryDefault } from '../../protocol/timing.ts';
import { quickDistrictFile, temporaryFolder } from '../cabinet/quick-district.ts';

/** Something at a socket that is no lamp driver. */
const impostor = async (take: (socket: Socket) => void) => {
  const folder = temporaryFolder();
  const path = join(folder, 's');
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { path, file: quickDistrictFile(folder) };
};

const failed = { intersection: 'crossing', isRunning: true, reason: null, isCleared: false };

test.each([
  [
    'is silent',
    () => {},
    'the lamp driver does not answer; its process may be stopped; start it anew, and clear again',
  ],
  [
    'hangs up',
    (socket: Socket) => socket.once('data', () => socket.end()),
    'the lamp driver hung up',
  ],
  [
    'serves another',
    (socket: Socket) =>
      socket.write('rubbish\n{"type":"lamps.refused","reason":"no intersection crossing here"}\n'),
    'no intersection crossing here',
  ],
] as const)('a driver that %s clears nothing, and that is told', async (_, take, refused) => {
  const { path, file } = await impostor(take);
  expect(await clear('crossing', file, { socket: path })).toEqual({ ...failed, refused });
});

test('districts on other discovery addresses keep their latches apart, and each finds its own', () => {
  const district = { name: 'd', discovery: discoveryDefault } as District;
  const apart = { ...district, discovery: { ...discoveryDefault, port: 5008 } };
  expect(latchFolder(district)).toBe(latchFolder({ ...district }));
  expect(latchFolder(district)).not.toBe(latchFolder(apart));
  expect(latchFolder(district)).toMatch(/greenwave.[0-9a-f]+$/);
});
