/**
 * The Stately inspector on real nodes: what the package's own receiver shows of five processes,
 * and what a stalled, hostile or missing inspector does to a node, which is nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type AnyMachineSnapshot, createMachine } from 'xstate';
import { concerns, nodeMachine } from '../../machines/node.ts';
import { busy } from './busy.ts';
import { crossroads } from './crossroads.ts';
import { startDistrict } from './district.ts';
import { beatsOf, expectBeats } from './heartbeats.ts';
import { Receiver, type ToldOf } from './onlookers.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const ACTORS_OF_A_NODE = 6 + Object.keys(concerns).length;
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

interface Listening {
  readonly kind: 'listening';
  readonly stream: string;
  readonly page: string;
}

/** The process and the address of its stream. */
const startInspector = async () => {
  const inspect = bench.start('inspect', '--port', '0', '--json');
  const lines = () => inspect.lines as unknown as { kind: string }[];
  const listening = await inspect.until('an inspector that listens', () =>
    lines().find(({ kind }) => kind === 'listening'),
  );
  return { inspect, lines, ...(listening as Listening) };
};

const isLeading = (message: ToldOf<'@xstate.snapshot'>) =>
  message.sessionId.endsWith('/election') &&
  JSON.stringify((message.snapshot as AnyMachineSnapshot).value).includes('"leader"');

test('five processes are seen whole, apart, and as they are: leader, its death, the next', async () => {
  const { stream } = await startInspector();
  const run = await startDistrict(bench, crossroads(5, discoveryPort(13)), () => [
    '--inspect',
    stream,
  ]);
  const receiver = new Receiver(stream);
  const { sessionId: leading } = await receiver.until('@xstate.snapshot', isLeading);
  expect(leading).toBe(`crossroads/${run.leader}/election`);

  const greeting = receiver.told.slice(0, 5 * ACTORS_OF_A_NODE) as ToldOf<'@xstate.actor'>[];
  expect(new Set(greeting.map(({ type }) => type))).toEqual(new Set(['@xstate.actor']));
  expect(new Set(greeting.map(({ sessionId }) => sessionId)).size).toBe(greeting.length);
  for (const { sessionId, definition = '', rootId } of greeting) {
    const [, node, name = ''] = sessionId.split('/');
    expect(rootId).toBe(`crossroads/${node}/node`);
    const rebuilt = createMachine(JSON.parse(definition));
    const machine = { node: nodeMachine, ...concerns }[name as keyof typeof concerns];
    if (machine) expect(rebuilt.events).toEqual(machine.events);
  }

  const [third = ''] = [...run.nodes.keys()].filter((node) => node !== run.leader);
  const across = await receiver.until(
    '@xstate.event',
    ({ sessionId, sourceId }) =>
      sessionId === `crossroads/${third}/wire` && sourceId === `crossroads/${run.leader}/wire`,
  );
  expect(across.event).toMatchObject({ from: run.leader });

  const before = receiver.told.length;
  run.nodes.get(run.leader)?.signal('SIGKILL');
  const dead = await receiver.until(
    '@xstate.snapshot',
    ({ sessionId, snapshot }) => sessionId === leading && snapshot.status === 'stopped',
    before,
  );
  expect(dead.event.type).toBe('inspector.lost');
  const next = await receiver.until(
    '@xstate.snapshot',
    (message) => isLeading(message) && message.sessionId !== leading,
    before,
  );
  const [, nextLeader = ''] = next.sessionId.split('/');
  const witness = run.nodes.get(nextLeader) as Process;
  await witness.fact('election.elected', ({ leader }) => leader === nextLeader);

  run.start(run.leader);
  const again = ({ sessionId }: { sessionId: string }) => sessionId === leading;
  await receiver.until('@xstate.actor', again, receiver.told.indexOf(dead));
}, 90_000);

test('up hands the inspector on to its nodes, and a node says once when there is none', async () => {
  const { inspect, lines, stream } = await startInspector();
  const file = bench.file('two.json', crossroads(2, discoveryPort(14)));
  const up = bench.start('up', file, '--json', '--inspect', stream);
  await inspect.until(
    'two nodes',
    () => lines().filter(({ kind }) => kind === 'nodeCame').length === 2,
  );
  inspect.signal('SIGTERM');
  expect(await inspect.ended()).toBe(0);
  const words = () =>
    up.lines.flatMap((line) =>
      line.kind === 'error' && line.message.includes('no inspector') ? [line.node] : [],
    );
  await up.until('a word of each node', () => words().length >= 2);
  // Long enough for each to have tried again.
  const { t = 0 } = up.lines.at(-1) ?? {};
  await up.until('a while', () => (up.lines.at(-1)?.t ?? 0) > t + 5000);
  expect(words().toSorted()).toEqual(['n1', 'n2']);
  const { port } = new URL(stream);
  const second = bench.start('inspect', '--port', port, '--json');
  await second.until(
    'both again',
    () => second.lines.filter(({ kind }) => (kind as string) === 'nodeCame').length === 2,
  );
  up.signal('SIGTERM');
  expect(await up.ended()).toBe(0);
}, 90_000);

test('a port that is taken and a URL that is none are the operator’s mistakes, with a remedy', async () => {
  const { stream } = await startInspector();
  const second = bench.start('inspect', '--port', new URL(stream).port);
  expect(await second.ended()).toBe(2);
  expect(second.stderr).toMatch(/not free.*--port/);
  const file = bench.file('one.json', crossroads(1, discoveryPort(15)));
  const node = bench.start('node', '--inspect', file, 'n1');
  expect(await node.ended()).toBe(2);
  expect(node.stderr).toMatch(/--inspect.*must begin with ws:/);
});

/** Something that nodes take for an inspector, and what it does with them. */
const falseInspector = async (does: (socket: import('ws').WebSocket) => void) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    does(socket);
  });
  const { port } = server.address() as AddressInfo;
  const close = () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  };
  return { url: `ws://127.0.0.1:${port}`, close };
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package's receiver in a process of its own, which can be stopped. */
const viewerProcess = (url: string): ChildProcess => {
  const script = `import { createWebSocketReceiver } from '@statelyai/inspect';
    createWebSocketReceiver({ server: ${JSON.stringify(url)} });`;
  const args = ['--input-type=module', '-e', script];
  return spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
};

test('a node with a connected, stalled viewer keeps its heartbeat times', async () => {
  let read: () => void = () => {};
  const dropped = new Promise<void>((resolve) => {
    read = resolve;
  });
  let resume: () => void = () => {};
  const deaf = await falseInspector((socket) => {
    socket.pause();
    socket.on('message', (data) => String(data).includes('inspector.dropped') && read());
    resume = () => socket.resume();
  });
  const { inspect, lines, stream } = await startInspector();
  const urls = new Map([
    ['n1', deaf.url],
    ['n2', stream],
  ]);
  const run = await startDistrict(bench, crossroads(5, discoveryPort(12)), (node) => {
    const url = urls.get(node);
    return url === undefined ? [] : ['--inspect', url];
  });
  const viewer = viewerProcess(stream);
  await inspect.until('a viewer', () => lines().some(({ kind }) => kind === 'viewerCame'));
  viewer.kill('SIGSTOP');

  await busy(run.district, 600);
  const witness = run.nodes.get('n5') as Process;
  const from = witness.lines.length;
  const peers = ['n1', 'n2', 'n3', 'n4'];
  const count = 60;
  await witness.until(
    'enough beats of each',
    () => {
      const lines = witness.lines.slice(from);
      return peers.every((peer) => beatsOf(lines, 'n5', peer).length >= count);
    },
    60_000,
  );
  const beats = { lines: witness.lines.slice(from), by: 'n5' };
  // Nobody looks on at the machines of the other two.
  expectBeats({ ...beats, peers: ['n1', 'n2'] }, { ...beats, peers: ['n3', 'n4'] });
  for (const node of run.nodes.values()) {
    expect(node.findFact('membership.left', () => true)).toBeUndefined();
  }
  // It was stalled indeed: what it reads now says that something is missing.
  resume();
  await dropped;
  viewer.kill('SIGKILL');
  deaf.close();
}, 150_000);

test('nothing that an inspector says reaches a machine, and no rubbish harms a node', async () => {
  const stop = JSON.stringify({ type: '@xstate.event', event: { type: 'node.stop' } });
  let connections = 0;
  const hostile = await falseInspector((socket) => {
    connections += 1;
    for (const said of ['{"type":"node.stop"}', stop, 'rubbish', Buffer.alloc(1000)]) {
      socket.send(said);
    }
    for (let k = 0; k < 100; k += 1) socket.ping();
    // Larger than anything that is taken: the node ends the connection, and comes again.
    if (connections === 2) socket.send('x'.repeat(2 ** 23));
    if (connections === 3) socket.close(4000);
    else if (connections % 2 === 0) setTimeout(() => socket.terminate(), 200);
  });
  const run = await startDistrict(bench, crossroads(3, discoveryPort(9)), () => [
    '--inspect',
    hostile.url,
  ]);
  const [first, ...others] = [...run.nodes.values()] as [Process, ...Process[]];
  await first.until('connections', () => connections >= 9);
  for (const node of [first, ...others]) {
    expect(node.code).toBeUndefined();
    expect(node.findFact('membership.left', () => true)).toBeUndefined();
    const failed = node.lines.filter(
      (line) => line.kind === 'error' && !line.message.includes('no inspector'),
    );
    expect(failed).toEqual([]);
  }
  hostile.close();
}, 90_000);
