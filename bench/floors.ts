/**
 * What the machine itself can do with three bare processes: a message to two others and the first
 * answer back, over TCP and over multicast, and a synchronous write. Everything above is our cost.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClassicLevel } from 'classic-level';

const GROUP = '239.255.255.250';
const BYTES = Buffer.alloc(300, 'x');
const ROUNDS = 2000;

export interface Floor {
  readonly what: string;
  readonly unit: string;
  readonly values: number[];
}

const ready = (child: ChildProcess) =>
  new Promise<number>((resolve) => child.once('message', (port) => resolve(Number(port))));

/** Sends to two echoes and waits for the first answer: with our own copy, a majority of three. */
const rounds = async (send: () => void, onAnswer: (hear: () => void) => void) => {
  let heard = () => {};
  onAnswer(() => heard());
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    let answers = 0;
    await new Promise<void>((resolve) => {
      heard = () => {
        answers += 1;
        if (answers === 1) values.push(performance.now() - startMs);
        if (answers === 2) resolve();
      };
      send();
    });
  }
  return values;
};

const overTcp = async (children: readonly ChildProcess[]) => {
  const sockets: Socket[] = [];
  for (const child of children) {
    const port = ready(child);
    child.send('tcp');
    const socket = connect(await port, '127.0.0.1').setNoDelay();
    await new Promise((resolve) => socket.once('connect', resolve));
    sockets.push(socket);
  }
  const values = await rounds(
    () => {
      for (const socket of sockets) socket.write(BYTES);
    },
    (hear) => {
      for (const socket of sockets) {
        let bytes = 0;
        socket.on('data', (data) => {
          bytes += data.length;
          if (bytes < BYTES.length) return;
          bytes -= BYTES.length;
          hear();
        });
      }
    },
  );
  for (const socket of sockets) socket.destroy();
  return values;
};

const overMulticast = async (children: readonly ChildProcess[], port: number) => {
  const socket: Datagrams = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.setMulticastInterface('127.0.0.1');
  for (const child of children) {
    const isReady = ready(child);
    child.send(`udp ${port}`);
    await isReady;
  }
  const values = await rounds(
    () => socket.send(BYTES, port, GROUP),
    (hear) => socket.on('message', hear),
  );
  socket.close();
  return values;
};

const synchronousWrites = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-floor-'));
  const db = new ClassicLevel<string, string>(join(folder, 'db'));
  const values: number[] = [];
  for (let k = 0; k < 500; k++) {
    const startMs = performance.now();
    await db.put(`k${k}`, BYTES.toString(), { sync: true });
    values.push(performance.now() - startMs);
  }
  await db.close();
  rmSync(folder, { recursive: true, force: true });
  return values;
};

/** Measures the floors; ends the processes it started. */
export const floors = async (port: number): Promise<Floor[]> => {
  const program = fileURLToPath(import.meta.url);
  const children = [fork(program, ['echo']), fork(program, ['echo'])];
  const measured = [
    { what: 'floor: majority of 3 over TCP', unit: 'ms', values: await overTcp(children) },
    {
      what: 'floor: majority of 3 over multicast',
      unit: 'ms',
      values: await overMulticast(children, port),
    },
    { what: 'floor: synchronous write', unit: 'ms', values: await synchronousWrites() },
  ];
  for (const child of children) child.kill();
  return measured;
};

/** The other side, in a process of its own: sends back what comes. */
const echo = () => {
  process.on('message', (order: string) => {
    const [kind, port] = order.split(' ');
    if (kind === 'tcp') {
      const server = createServer((socket) => socket.setNoDelay().pipe(socket));
      server.listen(0, '127.0.0.1', () => {
        process.send?.((server.address() as { port: number }).port);
      });
      return;
    }
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', (bytes, { port: from, address }) => socket.send(bytes, from, address));
    socket.bind(Number(port), GROUP, () => {
      socket.addMembership(GROUP, '127.0.0.1');
      process.send?.(0);
    });
  });
  process.on('disconnect', () => process.exit(0));
};

if (process.argv[2] === 'echo') echo();
