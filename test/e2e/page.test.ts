/** The door of the page: who gets in, what he may say, and what becomes of who does not keep up. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { NETWORK_DEEDS } from '../../bin/live-network.ts';
import { PageStream } from '../../bin/page-stream.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { town } from '../../simulation/town.ts';
import type { Downward } from '../../visualizer/stream.ts';
import { busy } from './busy.ts';
import { crossroads } from './crossroads.ts';
import { beatsOf, expectBeats } from './heartbeats.ts';
import { Bench, discoveryPort, type Process } from './processes.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

const startUp = async (
  place: number,
  nodes = 1,
  name = 'crossroads',
): Promise<{ up: Process; url: URL; token: string }> => {
  const file = bench.file(`${name}.json`, crossroads(nodes, discoveryPort(place), name));
  const up = bench.start('up', file, '--json', '--page-port', '0');
  const told = await up.until('the page', () => /The page: (\S+)/.exec(up.stderr)?.[1]);
  const url = new URL(told);
  const token = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
  expect(token.length).toBeGreaterThan(20);
  return { up, url, token };
};

/** The status and the headers of one request. */
const ask = (url: URL, path: string, options: { method?: string; headers?: object } = {}) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const { method = 'GET', headers = {} } = options;
      const { hostname: host, port } = url;
      const asked = request({ host, port, path, method, headers: { ...headers } }, (response) => {
        let body = '';
        response.on('data', (data) => {
          body += String(data);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      asked.on('error', reject).end();
    },
  );

const stream = (url: URL, headers: Record<string, string> = {}) =>
  new WebSocket(`ws://${url.host}/stream`, { headers });

/** The first word of a page that `is` accepts. */
const heard = (socket: WebSocket, is: (word: Downward) => boolean) =>
  new Promise<Downward>((resolve, reject) => {
    socket.on('message', (data) => {
      const word = JSON.parse(String(data)) as Downward;
      if (is(word)) resolve(word);
    });
    socket.on('close', (code) => reject(new Error(`closed: ${code}`)));
    socket.on('error', reject);
  });

test('the page is served by its own name alone, with a policy that lets nothing strange in', async () => {
  const { url } = await startUp(1);
  const page = await ask(url, '/');
  expect(page.status).toBe(200);
  expect(page.body).toContain('name="greenwave" content="live"');
  expect(page.body).not.toContain('token');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(page.headers['x-content-type-options']).toBe('nosniff');
  const statuses = await Promise.all([
    ask(url, '/', { headers: { host: 'evil.example' } }),
    ask(url, '/', { headers: { host: `evil.example:${url.port}` } }),
    ask(url, '/', { method: 'POST' }),
    ask(url, '/../package.json'),
    ask(url, '/%2e%2e/package.json'),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([403, 403, 405, 404, 404]);
  for (const { headers } of statuses) {
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  }
  // Who never finishes asking is put out.
  const slow = connect(Number(url.port), url.hostname);
  slow.write('GET / HTTP/1.1\r\nHost:');
  await once(slow.resume(), 'close');
}, 60_000);

test('the page has room for so many who ask at a time, and room again when they are gone', async () => {
  const { url } = await startUp(9, 1);
  const all = Array.from({ length: 140 }, () => connect(Number(url.port), url.hostname).resume());
  for (const socket of all) socket.on('error', () => {});
  await expect.poll(() => all.filter(({ closed }) => closed).length).toBe(140 - 128);
  for (const socket of all) socket.destroy();
  await expect
    .poll(() =>
      ask(url, '/').then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
});

test('the stream is refused to pages of other sites and by other names', async () => {
  const { url } = await startUp(2);
  const refused = async (headers: Record<string, string>) => {
    const [, response] = await once(stream(url, headers), 'unexpected-response');
    return (response as { statusCode: number }).statusCode;
  };
  expect(await refused({ origin: 'http://evil.example' })).toBe(403);
  expect(await refused({ origin: 'null' })).toBe(403);
  expect(await refused({ host: 'evil.example' })).toBe(403);
  const socket = stream(url, { origin: url.origin });
  expect(await heard(socket, ({ kind }) => kind === 'began')).toMatchObject({
    can: ['kill', 'restart', 'stop', 'stall', 'preempt', ...NETWORK_DEEDS, 'demand'],
  });
  socket.close();
});

test('a deed needs the token, a node that is there, and to be one that a supervisor can do', async () => {
  const { up, url, token } = await startUp(3);
  const socket = stream(url);
  await heard(socket, ({ kind }) => kind === 'began');
  await up.until('the node', () => up.lines.some(({ kind }) => kind === 'process'));
  let tickets = 0;
  const act = async (deed: object, by: string) => {
    const ticket = ++tickets;
    socket.send(JSON.stringify({ kind: 'act', ticket, token: by, deed }));
    const word = await heard(socket, (one) => one.kind === 'acted' && one.ticket === ticket);
    return (word as { problem?: string }).problem;
  };
  const kill = { kind: 'kill', node: 'n1' };
  expect(await act(kill, '')).toContain('token');
  expect(await act(kill, `${token}x`)).toContain('token');
  expect(await act({ kind: 'kill', node: 'lamps' }, token)).toBe('no node lamps was started here');
  expect(await act({ kind: 'heal' }, '')).toContain('token');
  expect(await act({ kind: 'restart', node: 'n1' }, token)).toBe('n1 runs');
  expect(await act({ kind: 'stall', node: 'n1', forS: 0.3 }, token)).toBeUndefined();
  await up.until('its going on', () =>
    up.lines.some((line) => line.kind === 'process' && line.standing === 'continued'),
  );
  expect(await act(kill, token)).toBeUndefined();
  await up.until('its end', () =>
    up.lines.some((line) => line.kind === 'process' && line.standing === 'ended'),
  );
  expect(await act(kill, token)).toBe('n1 does not run');
  socket.close();
});

test('who sends rubbish, too much or too often is put out, and others are not', async () => {
  const { url } = await startUp(4);
  const good = stream(url);
  await heard(good, ({ kind }) => kind === 'began');
  const closed = async (send: (socket: WebSocket) => void) => {
    const socket = stream(url);
    await once(socket, 'open');
    send(socket);
    const [code] = await once(socket, 'close');
    return code as number;
  };
  const deed = JSON.stringify({
    kind: 'act',
    ticket: 1,
    token: '',
    deed: { kind: 'kill', node: 'n1' },
  });
  expect(await closed((socket) => socket.send('{"kind":'))).toBe(1008);
  expect(await closed((socket) => socket.send(deed.replace('"kill"', '"format"')))).toBe(1008);
  expect(await closed((socket) => socket.send(Buffer.from(deed)))).toBe(1008);
  expect(await closed((socket) => socket.send('x'.repeat(20_000)))).toBe(1009);
  const often = (socket: WebSocket) => {
    for (let k = 0; k < 40; k += 1) socket.send(deed);
  };
  expect(await closed(often)).toBe(1008);
  await heard(good, ({ kind }) => kind === 'lines');
  good.close();
});

test('a page that does not read is given up, and another hears every line', async () => {
  const journal = new PageStream(town(1), 'nothing can be done here');
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.on('connection', (page) => journal.join(page));
  const good = new WebSocket(`ws://127.0.0.1:${port}/`);
  let lines = 0;
  good.on('message', (data) => {
    const word = JSON.parse(String(data)) as Downward;
    if (word.kind === 'lines') lines += word.lines.length;
  });
  await once(good, 'open');
  const stalled = await deaf(port);
  while (journal.pages < 2) await new Promise(setImmediate);
  const line: JournalLine = { t: 1, node: 'n1', kind: 'error', message: 'x'.repeat(2_000) };
  let told = 0;
  while (journal.pages === 2 && told < 100_000) {
    for (let k = 0; k < 500; k += 1) journal.tell({ ...line, t: told + k });
    told += 500;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(journal.pages).toBe(1);
  await expect.poll(() => lines, { timeout: 30_000 }).toBe(told);
  stalled.destroy();
  good.close();
  journal.close();
  server.close();
}, 60_000);

test('nodes keep their heartbeat times while pages watch that do not read', async () => {
  const { up, url } = await startUp(6, 5);
  const { up: other } = await startUp(8, 3, 'unwatched');
  await up.fact('replica.committed', ({ command }) => command.kind === 'plan.adopt');
  const stalled = await Promise.all([deaf(Number(url.port)), deaf(Number(url.port))]);
  await busy(crossroads(5, discoveryPort(6)), 300);
  const [from, otherFrom] = [up.lines.length, other.lines.length];
  const peers = ['n1', 'n2', 'n3', 'n4'];
  await up.until(
    'enough beats of each',
    () => {
      const lines = up.lines.slice(from);
      return peers.every((peer) => beatsOf(lines, 'n5', peer).length >= 60);
    },
    60_000,
  );
  expectBeats(
    { lines: up.lines.slice(from), by: 'n5', peers },
    { lines: other.lines.slice(otherFrom), by: 'n3', peers: ['n1', 'n2'] },
  );
  const lost = up.lines.filter(
    (line) => line.kind === 'fact' && line.event.type === 'membership.left',
  );
  expect(lost).toEqual([]);
  // They are connected still, and have read no more than came at once.
  for (const { destroyed, bytesRead } of stalled) {
    expect(destroyed).toBe(false);
    expect(bytesRead).toBeLessThan(100_000);
  }
  for (const socket of stalled) socket.destroy();
}, 150_000);

test('green along a route is agreed on when the page asks for it, and refused where there is none', async () => {
  const { up, url, token } = await startUp(7, 3);
  const socket = stream(url);
  await heard(socket, ({ kind }) => kind === 'began');
  await up.fact('election.elected');
  const act = async (route: object[], ticket: number) => {
    const deed = { kind: 'preempt', route, forS: 10 };
    socket.send(JSON.stringify({ kind: 'act', ticket, token, deed }));
    const word = await heard(socket, (one) => one.kind === 'acted' && one.ticket === ticket);
    return (word as { problem?: string }).problem;
  };
  const stop = (intersection: string) => ({ intersection, group: 'NS' });
  expect(await act([stop('x1'), stop('x2')], 1)).toBeUndefined();
  for (const intersection of ['x1', 'x2']) {
    // The answer may come before the journals, which have pipes of their own.
    await up.fact(
      'replica.committed',
      ({ command }) => command.kind === 'preempt.call' && command.intersection === intersection,
    );
  }
  expect(await act([stop('x9')], 2)).toContain('no intersection x9; the district has x1, x2, x3');
  socket.close();
}, 90_000);

/** Opens a stream and never reads what comes. */
const deaf = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    'GET /stream HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.pause();
  return socket;
};
