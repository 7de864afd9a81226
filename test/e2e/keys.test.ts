/**
 * Real processes with keys: who has none, another, or only recordings gets nothing accepted, and one
 * line says so; operators have a key of their own; keys are rotated while the nodes run.
 */
import { createSocket, type Socket } from 'node:dgram';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { KeyFile } from '../../bin/key-file.ts';
import { discoveryDefault } from '../../protocol/timing.ts';
import { crossroads } from './crossroads.ts';
import { type Running, startDistrict } from './district.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

const bench = new Bench();
const port = discoveryPort(3);
const keys = { node: bench.path('town.key'), operator: bench.path('town.operator.key') };
const otherKey = bench.path('other.key');
let run: Running;
let socket: Socket;

const greenwave = async (...args: readonly string[]) => {
  const process = bench.start(...args);
  const code = await process.ended(80_000);
  return { code, stderr: process.stderr, stdout: process.stdout };
};

beforeAll(async () => {
  expect((await greenwave('key', keys.node)).code).toBe(0);
  expect((await greenwave('key', otherKey, '--no-operator')).code).toBe(0);
  run = await startDistrict(bench, crossroads(3, port, 'keyed'), () => ['--key-file', keys.node]);
  socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((resolve) =>
    socket.bind({ port, address: discoveryDefault.address }, resolve),
  );
  socket.addMembership(discoveryDefault.address, '127.0.0.1');
  socket.setMulticastInterface('127.0.0.1');
}, 60_000);
afterAll(async () => {
  socket.close();
  await bench.clear();
});

const nodes = () => [...run.nodes.values()];
const refusalsIn = ({ lines }: Process, since: number) =>
  lines.slice(since).flatMap((line) => (line.kind === 'refused' ? [line.reason] : []));
const marked = () => nodes().map((node) => ({ node, since: node.lines.length }));

/** What nodes tell of others: that somebody came, went, leads, or is suspected. */
const changesIn = ({ lines }: Process, since: number) =>
  lines.slice(since).flatMap((line) => {
    if (line.kind !== 'fact') return [];
    return /^(membership|election|genesis|detector|merge)\./.test(line.event.type)
      ? [JSON.stringify(line.event)]
      : [];
  });

describe('a stranger', () => {
  test.each([
    ['without a key', [], /it has no seal/],
    ['with another key', ['--key-file', otherKey], /a key that this node does not have/],
  ])(
    '%s is not heard, joins nothing, and one line says so',
    async (_, options, reason) => {
      const marks = marked();
      const file = bench.file('stranger.json', {
        ...crossroads(4, port, 'keyed'),
        discovery: { port, tcpPort: port + 500 },
      });
      const stranger = bench.start('node', file, 'n4', '--json', ...options);
      for (const { node, since } of marks) {
        await node.until('a refusal', () =>
          refusalsIn(node, since).some((one) => reason.test(one)),
        );
      }
      await stranger.until('what it refuses', () => refusalsIn(stranger, 0).length > 0);
      stranger.signal('SIGTERM');
      await stranger.ended();
      for (const { node, since } of marks) expect(changesIn(node, since)).toEqual([]);
      const status = await greenwave('status', run.file, '--for', '1', ...options);
      expect(status.code).toBe(1);
      expect(status.stdout).toMatch(/\d+ messages were not taken: it is sealed/);
    },
    60_000,
  );

  test('who says again what was said by a node that has died gets nothing accepted, and one line says so', async () => {
    const recorded: Buffer[] = [];
    const hear = (bytes: Buffer) => {
      if (bytes.includes('"sender_id":"n3"')) recorded.push(bytes);
    };
    socket.on('message', hear);
    const [one] = nodes() as [Process];
    const last = run.nodes.get('n3') as Process;
    await one.until('enough of it', () => recorded.length > 20);
    socket.off('message', hear);
    last.signal('SIGKILL');
    const others = nodes().filter((node) => node !== last);
    for (const node of others) await node.fact('membership.left', ({ peer }) => peer === 'n3');
    // A node that was started since remembers nothing of it.
    const again = run.nodes.get('n2') as Process;
    again.signal('SIGTERM');
    await again.ended();
    const restarted = run.start('n2');
    await restarted.fact('membership.joined', ({ peer }) => peer === 'n1');
    await one.fact(
      'membership.joined',
      ({ peer, peerIncarnation }) => peer === 'n2' && peerIncarnation > 0,
    );
    const marks = [one, restarted].map((node) => ({ node, since: node.lines.length }));
    const isTold = () =>
      marks.every(({ node, since }) =>
        refusalsIn(node, since).some((one) => /said before|asked in vain/.test(one)),
      );
    for (let round = 0; round < 30 && !(round >= 5 && isTold()); round += 1) {
      for (const bytes of recorded) socket.send(bytes, port, discoveryDefault.address);
      const beats = one.lines.length;
      await one.until(
        'some beats',
        () => one.lines.slice(beats).filter((line) => line.kind === 'said').length > 3,
      );
    }
    expect(isTold()).toBe(true);
    for (const { node, since } of marks) {
      expect(changesIn(node, since).filter((text) => text.includes('"n3"'))).toEqual([]);
      const heard = node.lines
        .slice(since)
        .filter((line) => line.kind === 'heard' && line.peer === 'n3');
      expect(heard).toEqual([]);
    }
    const back = run.start('n3');
    await back.fact('membership.joined', ({ peer }) => peer === 'n1');
    (run.nodes as Map<string, Process>).set('n2', restarted).set('n3', back);
  }, 90_000);
});

describe('an operator', () => {
  const call = (...options: readonly string[]) =>
    greenwave('preempt', 'x1', 'NS', run.file, '--for', '5', ...options);

  test('has a call agreed on with his key, and not with that of nodes', async () => {
    const byNode = await call('--key-file', keys.node);
    expect(byNode.code).toBe(2);
    expect(byNode.stderr).toContain('takes the operator’s key');
    const byOperator = await call('--key-file', keys.operator);
    expect(byOperator).toMatchObject({ code: 0, stderr: '' });
  }, 90_000);

  test('without a key is told why nobody was found', async () => {
    const { code, stderr } = await call();
    expect(code).toBe(2);
    expect(stderr).toMatch(/no district keyed .* it is sealed, and there is no key here/);
  }, 60_000);
});

test('on an interface that is not loopback a key is needed, or --insecure', async () => {
  const options = ['--interface', '192.0.2.1'];
  for (const args of [
    ['node', run.file, 'n1'],
    ['up', run.file],
    ['status', run.file],
    ['preempt', 'x1', 'NS', run.file],
  ]) {
    const { code, stderr } = await greenwave(...args, ...options);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--insecure'),
    });
  }
});

/** Files with the keys as they were before they were rotated. */
const before = [bench.path('before.key'), bench.path('before.operator.key')] as const;

test('keys are rotated while the nodes run, and nobody is lost', async () => {
  copyFileSync(keys.node, before[0]);
  copyFileSync(keys.operator, before[1]);
  const marks = marked();
  for (const step of [1, 2, 3]) {
    expect((await greenwave('key', 'rotate', keys.node, keys.operator)).code).toBe(0);
    for (const { node, since } of marks) {
      await node.until(
        `step ${step}`,
        () => node.lines.slice(since).filter(({ kind }) => kind === 'error').length === step,
      );
    }
  }
  for (const { node, since } of marks) {
    expect(changesIn(node, since)).toEqual([]);
    const heard = node.lines.length;
    await node.until(
      'beats by the new key',
      () => node.lines.slice(heard).filter((line) => line.kind === 'heard').length > 5,
    );
  }
}, 60_000);

/** How a secret may be written. */
const spellings = (secret: string): Buffer[] => {
  const bytes = Buffer.from(secret, 'base64url');
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const hex = bytes.toString('hex');
  const texts = [secret, base64, hex, hex.toUpperCase(), bytes.join(','), bytes.join(', ')];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('a key stands in its file alone: in no journal, error, store, process list, environment or page', async () => {
  const watch = bench.start('watch', run.file, '--key-file', keys.node, '--page-port', '0');
  const page = /http:\/\/127\.0\.0\.1:\d+/;
  const said = () => page.exec(watch.stdout + watch.stderr) ?? undefined;
  const [origin] = await watch.until('the page', said);
  const streamed: string[] = [];
  const stream = new WebSocket(`${origin.replace('http', 'ws')}/stream`);
  stream.on('message', (data) => streamed.push(String(data)));
  await expect.poll(() => streamed.length, { timeout: 20_000 }).toBeGreaterThan(20);
  stream.close();
  const status = await greenwave('status', run.file, '--json', '--key-file', keys.operator);
  expect(status.code).toBe(0);
  const places = new Map<string, Buffer>([
    ['the page', Buffer.from(await (await fetch(origin)).arrayBuffer())],
    ['its stream', Buffer.from(streamed.join('\n'))],
  ]);
  for (const process of bench.processes) {
    const { pid, stdout, stderr } = process;
    places.set(`what ${pid} printed`, Buffer.from(stdout + stderr));
    if (process.code !== undefined) continue;
    for (const file of ['cmdline', 'environ']) {
      places.set(`${file} of ${pid}`, readFileSync(`/proc/${pid}/${file}`));
    }
  }
  for (const file of filesIn(bench.folder)) {
    if (!file.endsWith('.key')) places.set(file, readFileSync(file));
  }
  const secrets = [...before, keys.node, keys.operator, otherKey].flatMap((file) => {
    const { district, operator } = JSON.parse(readFileSync(file, 'utf8')) as KeyFile;
    return [...district.map(({ secret }) => secret), operator?.private ?? []].flat();
  });
  expect(new Set(secrets).size).toBe(4);
  const found = [...places].filter(([, content]) =>
    secrets.flatMap(spellings).some((spelling) => content.includes(spelling)),
  );
  expect(found.map(([place]) => place)).toEqual([]);
  // Were one there, it would be seen.
  const [secret = ''] = secrets;
  const planted = Buffer.concat([Buffer.from('x'), Buffer.from(secret, 'base64url')]);
  expect(spellings(secret).some((spelling) => planted.includes(spelling))).toBe(true);
}, 60_000);
