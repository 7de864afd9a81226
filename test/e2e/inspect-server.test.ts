/**
 * The inspector server at its door and with guests of every kind: who comes in, what late and slow
 * ones are sent, and what becomes of those who do what they should not.
 */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type WebSocket from 'ws';
import { InspectServer, type News } from '../../bin/inspect-server.ts';
import { NODE_HEADER } from '../../bin/inspect-stream.ts';
import { opened, Receiver, refusedBy, type ToldOf } from './onlookers.ts';

const MEGABYTE = 2 ** 20;
let server: InspectServer;
let url: string;
let news: News[];
let hear: () => void;

beforeEach(async () => {
  // Its own list, because servers of former tests may still tell of who went.
  const own: News[] = [];
  news = own;
  hear = () => {};
  server = new InspectServer({
    bytesMax: 8 * MEGABYTE,
    frame: new URL('http://127.0.0.1:9/inspect?a="b"'),
    tell: (one) => {
      own.push(one);
      hear();
    },
  });
  url = `ws://127.0.0.1:${await server.listen(0)}`;
});
afterEach(() => server.close());

const told = async (kind: News['kind']): Promise<News> => {
  for (;;) {
    const found = news.find((one) => one.kind === kind);
    if (found) return found;
    await new Promise<void>((resolve) => {
      hear = resolve;
    });
  }
};

const nodeAt = (name: string) =>
  opened(url, { headers: { [NODE_HEADER]: encodeURIComponent(name) } });

const message = (type: string, sessionId: string, more: object) =>
  JSON.stringify({ type: `@xstate.${type}`, sessionId, _version: '0', ...more });
const active = { snapshot: { status: 'active', value: 'on' } };
const event = (id: string, k: number, size = 0) =>
  message('event', id, { event: { type: 'tick', k, burden: 'x'.repeat(size) } });

/** A node with one actor that has said `count` events of `size` bytes. */
const busyNode = async (count: number, size = 0): Promise<WebSocket> => {
  const node = await nodeAt('d/n');
  node.send(message('actor', 'd/n/a', { definition: '{}', ...active }));
  node.send(message('snapshot', 'd/n/a', active));
  for (let k = 0; k < count; k += 1) node.send(event('d/n/a', k, size));
  return node;
};

test('who comes late gets definitions, then last snapshots, then all that was said, then what is', async () => {
  const node = await busyNode(500);
  const early = new Receiver(url);
  await early.until('@xstate.event', ({ event }) => event['k'] === 499);
  const late = new Receiver(url);
  node.send(event('d/n/a', 500));
  await late.until('@xstate.event', ({ event }) => event['k'] === 500);
  const kinds = late.told.map(({ type }) => type);
  expect(kinds.slice(0, 4)).toEqual([
    ...['@xstate.actor', '@xstate.snapshot'],
    ...['@xstate.actor', '@xstate.snapshot'],
  ]);
  const ticks = late.toldOf('@xstate.event').map(({ event }) => event['k']);
  expect(ticks).toEqual(Array.from({ length: 501 }, (_, k) => k));
});

test('a node that dies is shown as stopped, also to who comes later', async () => {
  const node = await busyNode(1);
  const early = new Receiver(url);
  await early.until('@xstate.event');
  node.terminate();
  const isEnd = ({ event }: ToldOf<'@xstate.snapshot'>) => event?.type === 'inspector.lost';
  const lost = await early.until('@xstate.snapshot', isEnd);
  expect(lost.snapshot).toEqual({ status: 'stopped', value: 'on' });
  const late = new Receiver(url);
  await late.until('@xstate.event');
  expect(late.told[1]).toEqual(lost);
});

test('a node’s new connection takes the place of its former one', async () => {
  const former = await busyNode(1);
  const ended = once(former, 'close');
  const receiver = new Receiver(url);
  await receiver.until('@xstate.event');
  await busyNode(2);
  await ended;
  await receiver.until('@xstate.event', ({ event }) => event['k'] === 1);
  const isStopped = ({ snapshot }: { snapshot: { status: string } }) =>
    snapshot.status !== 'active';
  expect(receiver.toldOf('@xstate.snapshot').some(isStopped)).toBe(false);
});

describe('who looks on', () => {
  test('is put out when he speaks, and nothing that he said reaches anybody', async () => {
    const node = await busyNode(1);
    const heard: unknown[] = [];
    node.on('message', (data) => heard.push(data));
    const receiver = new Receiver(url);
    await receiver.until('@xstate.event');
    for (const said of ['{"type":"node.stop"}', event('d/n/a', 666), 'rubbish']) {
      const viewer = await opened(url);
      viewer.on('error', () => {});
      viewer.send(said);
      const [code] = (await once(viewer, 'close')) as [number];
      expect(code).toBe(1008);
    }
    const flood = await opened(url);
    flood.on('error', () => {});
    flood.send('x'.repeat(MEGABYTE));
    await once(flood, 'close');
    node.send(event('d/n/a', 1));
    await receiver.until('@xstate.event', ({ event }) => event['k'] === 1);
    expect(receiver.toldOf('@xstate.event').map(({ event }) => event['k'])).toEqual([0, 1]);
    expect(heard).toEqual([]);
  });

  test('and does not read is told less, holds up nobody, and has it all again when he reads', async () => {
    const node = await busyNode(1);
    const slow = await opened(url);
    slow.pause();
    const quick = new Receiver(url);
    const texts: string[] = [];
    slow.on('message', (data) => texts.push(String(data)));
    const count = 400;
    for (let k = 1; k <= count; k += 1) {
      node.send(event('d/n/a', k, 100_000));
      await quick.until('@xstate.event', ({ event }) => event['k'] === k, quick.told.length);
    }
    // A viewer is looked at when there is room on the way to him, and until then costs nothing.
    expect(news.some(({ kind }) => kind === 'dropped')).toBe(false);
    slow.resume();
    await told('dropped');
    while (!texts.at(-1)?.includes(`"k":${count},`)) await once(slow, 'message');
    const read = texts.map((text) => JSON.parse(text));
    const gap = read.findLastIndex(({ type }) => type === '@xstate.actor');
    expect(gap).toBeGreaterThan(2);
    expect(read.slice(gap, gap + 2).map(({ type }) => type)).toEqual([
      ...['@xstate.actor', '@xstate.snapshot'],
    ]);
    const after = read.slice(gap + 2).map(({ event }) => event.k);
    expect(after).toEqual(after.map((_, k) => count - after.length + 1 + k));
    expect(read.length).toBeLessThan(count);
  });

  test('comes in as one of sixteen at most, and the next when one has gone', async () => {
    const viewers = await Promise.all(Array.from({ length: 16 }, () => opened(url)));
    expect(await refusedBy(url, {})).toBe(403);
    viewers[0]?.close();
    await told('viewerWent');
    await opened(url);
  });
});

describe('is sent away:', () => {
  test.each([
    { who: 'a page of anywhere', headers: { origin: 'https://stately.ai' } },
    { who: 'a page of another server on this machine', headers: { origin: 'http://127.0.0.1:1' } },
    { who: 'who calls this machine by another name', headers: { host: 'rebound.example:80' } },
    { who: 'such a one with an origin to match', headers: rebound() },
  ])('$who', async ({ headers }) => {
    expect(await refusedBy(url, { headers })).toBe(403);
    const asNode = { ...headers, [NODE_HEADER]: 'd%2Fn' };
    expect(await refusedBy(url, { headers: asNode })).toBe(403);
    expect(await told('refused')).toBeDefined();
  });

  test('a node that speaks for another, or says rubbish, which is told and not handed on', async () => {
    const node = await busyNode(1);
    const receiver = new Receiver(url);
    for (const said of [event('d/m/a', 1), 'rubbish', '[]']) node.send(said);
    node.send(Buffer.from(event('d/n/a', 7)));
    node.send(event('d/n/a', 8));
    await receiver.until('@xstate.event', ({ event }) => event['k'] === 8);
    expect(receiver.toldOf('@xstate.event').map(({ event }) => event['k'])).toEqual([0, 8]);
    const reasons = news.flatMap((one) => (one.kind === 'refused' ? [one.reason] : []));
    expect(reasons).toEqual([
      'd/n: it speaks for d/m/a',
      'd/n: what it said is not JSON',
      'd/n: the type of a message is not known',
      'd/n: what it said is binary',
    ]);
  });

  test('a node with a message of more than four megabytes', async () => {
    const node = await busyNode(1);
    node.on('error', () => {});
    node.send('x'.repeat(4 * MEGABYTE + 1));
    const [code] = (await once(node, 'close')) as [number];
    expect(code).toBe(1009);
  });
});

function rebound() {
  return { host: 'rebound.example', origin: 'http://rebound.example' };
}

describe('the page', () => {
  const fetched = (path: string, init?: RequestInit) =>
    fetch(url.replace('ws:', 'http:') + path, init);

  test('frames the inspector alone, and allows nothing else', async () => {
    const page = await fetched('/');
    const html = await page.text();
    expect(html).toContain('<iframe src="http://127.0.0.1:9/inspect?a=%22b%22"');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('frame-src http://127.0.0.1:9;');
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test('is the only one, and to be read only', async () => {
    const { status, headers } = await fetched('/other');
    expect(status).toBe(404);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect((await fetched('/', { method: 'POST', body: 'x' })).status).toBe(404);
  });
});
