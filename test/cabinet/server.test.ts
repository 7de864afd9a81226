/** The cabinet's door in real time: who gets in, what he is told, and what rubbish does. */
import { generateKeyPairSync } from 'node:crypto';
import { renameSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CabinetError, cabinetSocket, type Door } from '../../cabinet/address.ts';
import { hostClock, hostStamp } from '../../cabinet/host-clock.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { type CabinetOptions, openCabinet, type Report } from '../../cabinet/server.ts';
import type { Operators } from '../../cabinet/visitor.ts';
import { clearWord } from '../../protocol/clear-line.ts';
import { digestOf } from '../../protocol/digest.ts';
import { LAMP_LINE_BYTES_MAX, type LineFromDriver } from '../../protocol/lamp-line.ts';
import { discoveryDefault } from '../../protocol/timing.ts';
import { Keyring } from '../../transport/keyring.ts';
import { quickSharedCrossing, temporaryFolder } from './quick-district.ts';

const openAt = async (door: Door, reports: Report[] = [], more: Partial<CabinetOptions> = {}) => {
  const cabinet = await openCabinet(door, {
    intersections: [quickSharedCrossing()],
    clock: hostClock,
    stamp: hostStamp,
    latchOf: () => memoryLatch(),
    show: () => {},
    report: (report) => reports.push(report),
    ...more,
  });
  onTestFinished(async () => {
    for (const driver of cabinet.drivers.values()) driver.end(() => {});
    await cabinet.close();
  });
  return cabinet;
};

/** A program of unknown make at the door. */
const caller = (door: Door) => {
  const heard: LineFromDriver[] = [];
  const socket: Socket = connect(door);
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    text += bytes.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    heard.push(...lines.map((line) => JSON.parse(line) as LineFromDriver));
  });
  onTestFinished(() => {
    socket.destroy();
  });
  return {
    socket,
    heard,
    say: (value: object) => socket.write(`${JSON.stringify(value)}\n`),
    hears: (expected: object) =>
      vi.waitFor(() => expect(heard).toContainEqual(expect.objectContaining(expected)), 4_000),
  };
};

const enter = { type: 'lamps.enter', node: 'n2', intersection: 'crossing', incarnation: 3 };
const sequence = (groups: readonly string[], rest: object = {}) => ({
  type: 'lamps.sequence',
  intersection: 'crossing',
  incarnation: 3,
  counter: 1,
  notAfterMs: 1e15,
  timelines: Object.fromEntries(
    groups.map((id) => [id, [{ lamp: 'red', untilMs: hostClock.now() + 1_000 }]]),
  ),
  ...rest,
});

test('who enters is told the digest of the description, the time and the lamps', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  const cabinet = await openAt(door);
  const { heard, say, hears } = caller(door);
  say(enter);
  await hears({ type: 'lamps.entered', digest: digestOf(quickSharedCrossing()) });
  await hears({ type: 'lamps.showing', lamps: cabinet.drivers.get('crossing')?.lamps() });
  expect(cabinet.entered()).toBe(1);
  const beforeMs = hostClock.now();
  say({ type: 'lamps.time', id: 7 });
  await hears({ type: 'lamps.time', id: 7 });
  const answer = heard.find((line) => line.type === 'lamps.time');
  expect(answer?.nowMs).toBeGreaterThanOrEqual(beforeMs);
  expect(answer?.nowMs).toBeLessThanOrEqual(hostClock.now());
});

test('every change of the lamps is told', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  const { say, hears } = caller(door);
  say(enter);
  await hears({ type: 'lamps.showing', lamps: expect.objectContaining({ east: 'red' }) });
  await hears({ type: 'lamps.showing', lamps: expect.objectContaining({ east: 'flashingRed' }) });
});

test('a node commands its own groups, after it entered, in the life in which it entered', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  const reports: Report[] = [];
  await openAt(door, reports);
  const { say, hears } = caller(door);
  say(sequence(['east']));
  await hears({ type: 'lamps.answer', refused: 'enter first' });
  say({ ...enter, node: 'n9' });
  await hears({ type: 'lamps.refused', reason: 'n9 does not serve crossing' });
  say({ ...enter, intersection: 'elsewhere' });
  await hears({ type: 'lamps.refused', reason: 'no intersection elsewhere here' });
  say(enter);
  say(sequence(['north', 'south', 'left'], { counter: 2 }));
  await hears({ counter: 2, refused: 'north is not commanded by n2' });
  say(sequence(['east'], { counter: 3, incarnation: 4 }));
  await hears({ counter: 3, refused: 'entered as 3' });
  say(sequence(['east'], { counter: 4 }));
  await hears({ type: 'lamps.answer', intersection: 'crossing', incarnation: 3, counter: 4 });
  say({ type: 'lamps.leave', intersection: 'crossing', incarnation: 3 });
  say(enter);
  say(sequence(['east'], { counter: 5 }));
  await hears({ counter: 5, refused: 'n2 said 3.5, not later than its leave in 3' });
  expect(reports.map(({ kind }) => kind)).toContain('refused');
});

const latchedDoor = async (operators?: Operators) => {
  const door = { path: join(temporaryFolder(), 's') };
  const reports: Report[] = [];
  const cabinet = await openAt(door, reports, { operators });
  const driver = cabinet.drivers.get('crossing');
  return { ...{ door, cabinet, driver, reports }, lamps: () => driver?.lamps() };
};

test('an operator clears a latch at the door, is told why it was, and twice does no harm', async () => {
  const { door, driver, lamps, reports } = await latchedDoor();
  const { say, heard, hears } = caller(door);
  const clear = { type: 'lamps.clear', intersection: 'crossing' };
  driver?.fail('a relay');
  say(clear);
  await hears({ type: 'lamps.cleared', intersection: 'crossing', reason: 'a relay' });
  expect(lamps()).toMatchObject({ north: 'red', east: 'red' });
  say(clear);
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(heard[1]).toEqual({ type: 'lamps.cleared', intersection: 'crossing' });
  say({ ...clear, intersection: 'elsewhere' });
  await hears({ type: 'lamps.refused', reason: 'no intersection elsewhere here' });
  expect(reports.map(({ message }) => message)).toContain('an operator cleared the latch: a relay');
});

test('a node clears no latch', async () => {
  const { door, driver, lamps } = await latchedDoor();
  const { say, hears } = caller(door);
  driver?.fail('a relay');
  say(enter);
  say({ type: 'lamps.clear', intersection: 'crossing' });
  await hears({ type: 'lamps.cleared', refused: 'an operator clears a latch, no node' });
  expect(lamps()).toMatchObject({ east: 'flashingRed' });
});

test('where operators have a key, nobody else clears a latch, nor by what one has signed before', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const district = [{ secret: new Uint8Array(32), isSealing: true }];
  const ofNodes = new Keyring('town', { district, operatorPublic: publicKey });
  const both = { district, operatorPublic: publicKey, operatorPrivate: privateKey };
  const { door, driver, lamps } = await latchedDoor(ofNodes);
  driver?.fail('a relay');
  const { say, heard, hears } = caller(door);
  const clear = { type: 'lamps.clear', intersection: 'crossing' };
  const refused = 'this takes the operator’s key';
  const nonce = async () => {
    const before = heard.length;
    say(clear);
    await vi.waitFor(() => expect(heard).toHaveLength(before + 1));
    return String((heard[before] as { nonce?: string }).nonce);
  };
  const isRefused = async (proof: string) => {
    const before = heard.length;
    say({ ...clear, proof });
    await vi.waitFor(() => expect(heard).toHaveLength(before + 1));
    expect(heard[before]).toMatchObject({ type: 'lamps.cleared', refused });
    expect(lamps()).toMatchObject({ east: 'flashingRed' });
  };
  const operator = new Keyring('town', both);
  const word = clearWord('crossing', await nonce());
  await isRefused('');
  // Each number is good for one try.
  await isRefused(operator.signed(word));
  await isRefused(operator.signed(clearWord('crossing', 'a'.repeat(22))));
  await isRefused(operator.signed(clearWord('elsewhere', await nonce())));
  await isRefused(new Keyring('village', both).signed(clearWord('crossing', await nonce())));
  expect(await nonce()).not.toBe(await nonce());
  const proof = operator.signed(clearWord('crossing', await nonce()));
  say({ ...clear, proof });
  await hears({ type: 'lamps.cleared', intersection: 'crossing', reason: 'a relay' });
  driver?.fail('a relay again');
  await isRefused(proof);
});

test('when the host slept, everybody is put out with what he said before, and may enter anew', async () => {
  const { door, cabinet, reports } = await latchedDoor();
  const before = caller(door);
  before.say(enter);
  await vi.waitFor(() => expect(cabinet.entered()).toBe(1));
  // It waits in the pipe: nobody has read it yet.
  before.say(sequence(['east']));
  cabinet.suspended(60_000);
  await vi.waitFor(() => expect(before.socket.closed).toBe(true));
  expect(before.heard.filter(({ type }) => type === 'lamps.answer')).toEqual([]);
  expect(reports.map(({ message }) => message)).toEqual([
    'slept with its host for 60000 ms; dropped every sequence',
  ]);
  const after = caller(door);
  after.say(enter);
  after.say(sequence(['east']));
  await after.hears({ type: 'lamps.answer', counter: 1 });
  expect(after.heard.find(({ type }) => type === 'lamps.answer')).not.toHaveProperty('refused');
});

test('who finds at the clock that the host slept heeds no line that he holds in his hand', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  const reports: Report[] = [];
  let isAsleep = false;
  const now = () => {
    if (isAsleep) {
      isAsleep = false;
      cabinet.suspended(60_000);
    }
    return hostClock.now();
  };
  const cabinet = await openAt(door, reports, { clock: { ...hostClock, now } });
  const { say, socket, heard } = caller(door);
  say(enter);
  await vi.waitFor(() => expect(cabinet.entered()).toBe(1));
  isAsleep = true;
  say(sequence(['east']));
  await vi.waitFor(() => expect(socket.closed).toBe(true));
  expect(heard.filter(({ type }) => type === 'lamps.answer')).toEqual([]);
  // Had it been heeded, its number could not be said again.
  const again = caller(door);
  again.say(enter);
  again.say(sequence(['east']));
  await again.hears({ type: 'lamps.answer', counter: 1 });
  expect(again.heard.find(({ type }) => type === 'lamps.answer')).not.toHaveProperty('refused');
  expect(reports).toHaveLength(1);
});

test('a later life fences the former, wherever its words still are; what it has is kept', async () => {
  const { door, reports } = await latchedDoor();
  const [former, later] = [caller(door), caller(door)];
  former.say(enter);
  former.say(sequence(['east'], { counter: 8 }));
  await former.hears({ type: 'lamps.answer', incarnation: 3, counter: 8 });
  later.say({ ...enter, incarnation: 4 });
  await later.hears({ type: 'lamps.entered' });
  // Until the later life has said something, it has given nothing up: the former's words are true.
  former.say(sequence(['east'], { counter: 9 }));
  await former.hears({ type: 'lamps.answer', incarnation: 3, counter: 9 });
  later.say(sequence(['east'], { incarnation: 4, counter: 1 }));
  await later.hears({ type: 'lamps.answer', incarnation: 4, counter: 1 });
  former.say(sequence(['east'], { counter: 10 }));
  await former.hears({ counter: 10, refused: 'n2 said 3.10, not later than 4.1' });
  former.socket.destroy();
  const again = caller(door);
  again.say(enter);
  again.say(sequence(['east'], { counter: 11 }));
  await again.hears({ counter: 11, refused: 'n2 said 3.11, not later than 4.1' });
  expect(reports.map(({ kind }) => kind)).toEqual(['refused', 'refused']);
});

test('who enters is told the last word of its node that counts, and so is who is refused', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  const [former, later] = [caller(door), caller(door)];
  former.say(enter);
  await former.hears({ type: 'lamps.entered' });
  expect(former.heard.find(({ type }) => type === 'lamps.entered')).not.toHaveProperty('last');
  former.say(sequence(['east'], { counter: 8 }));
  await former.hears({ type: 'lamps.answer', counter: 8 });
  expect(former.heard.find(({ type }) => type === 'lamps.answer')).not.toHaveProperty('last');
  later.say({ ...enter, incarnation: 2 });
  await later.hears({ type: 'lamps.entered', last: { incarnation: 3, counter: 8 } });
  later.say(sequence(['east'], { incarnation: 2, counter: 1 }));
  await later.hears({ type: 'lamps.answer', counter: 1, last: { incarnation: 3, counter: 8 } });
  former.say({ type: 'lamps.leave', intersection: 'crossing', incarnation: 3 });
  later.say(enter);
  const left = { incarnation: 3, counter: Number.MAX_SAFE_INTEGER };
  await later.hears({ type: 'lamps.entered', last: left });
});

test('rubbish is refused and counted, and too much of it ends the connection', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  const { socket, say, hears } = caller(door);
  socket.write('green!\n{"type":"lamps.time"}\n[]\n\n');
  say({ ...sequence(['east']), timelines: { east: [{ lamp: 'pink', untilMs: 1 }] } });
  await hears({ type: 'lamps.refused', reason: 'not a line of this protocol (4)' });
  say({ type: 'lamps.time', id: 1 });
  await hears({ type: 'lamps.time', id: 1 });
  socket.write('x\n'.repeat(200));
  await vi.waitFor(() => expect(socket.closed).toBe(true));
});

test('a line without end ends the connection, and nobody else notices', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  const [endless, other] = [caller(door), caller(door)];
  endless.socket.write('x'.repeat(LAMP_LINE_BYTES_MAX + 10));
  await vi.waitFor(() => expect(endless.socket.closed).toBe(true));
  other.say({ type: 'lamps.time', id: 1 });
  await other.hears({ type: 'lamps.time', id: 1 });
});

test('who does not read what he is told is put out, and holds nobody up', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  const cabinet = await openAt(door);
  const [stalled, other] = [caller(door), caller(door)];
  stalled.say(enter);
  other.say({ ...enter, node: 'n1' });
  await vi.waitFor(() => expect(cabinet.entered()).toBe(2));
  stalled.socket.pause();
  for (let id = 0; id < 40_000; id += 1) stalled.say({ type: 'lamps.time', id });
  await vi.waitFor(() => expect(cabinet.entered()).toBe(1), 4_000);
  other.say({ type: 'lamps.time', id: 1 });
  await other.hears({ type: 'lamps.time', id: 1 });
});

test('a second driver at the same place is refused', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  await expect(openAt(door)).rejects.toThrow(
    new CabinetError(`another lamp driver serves crossing (${door.path})`),
  );
});

test('the socket of a dead driver is replaced', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  const dead = createServer().listen(door.path);
  await vi.waitFor(() => expect(dead.listening).toBe(true));
  // Moved aside while its server closes, the socket stays behind as after a kill.
  renameSync(door.path, `${door.path}.kept`);
  await new Promise((resolve) => dead.close(resolve));
  renameSync(`${door.path}.kept`, door.path);
  await openAt(door);
  const { say, hears } = caller(door);
  say({ type: 'lamps.time', id: 1 });
  await hears({ type: 'lamps.time', id: 1 });
});

test('lamps are driven over TCP on loopback only', async () => {
  await expect(openAt({ host: '0.0.0.0', port: 0 })).rejects.toThrow(CabinetError);
  await openAt({ host: '127.0.0.1', port: 0 });
});

test('districts on other discovery addresses do not meet, and paths are short enough', () => {
  const district = { name: 'd', discovery: discoveryDefault };
  const path = cabinetSocket(district, 'a'.repeat(200));
  const apart = { ...district, discovery: { ...discoveryDefault, port: 5008 } };
  expect(Buffer.byteLength(path)).toBeLessThan(104);
  expect(cabinetSocket(district, 'b')).toBe(cabinetSocket({ ...district }, 'b'));
  expect(cabinetSocket(district, 'b')).not.toBe(cabinetSocket(apart, 'b'));
  expect(cabinetSocket(district, 'b')).not.toBe(path);
});

const input = { type: 'lamps.input', intersection: 'crossing', input: 'preempt', group: 'north' };

test('an input is told to the nodes that are there and to those that come, until it is over', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  const [node, operator, late] = [caller(door), caller(door), caller(door)];
  node.say(enter);
  await node.hears({ type: 'lamps.entered' });
  operator.say({ ...input, active: true });
  await node.hears({ ...input, active: true });
  await operator.hears({ type: 'lamps.showing' });
  late.say(enter);
  await late.hears({ ...input, active: true });
  operator.say({ ...input, active: false });
  await late.hears({ ...input, active: false });
  const last = caller(door);
  last.say(enter);
  last.say({ type: 'lamps.time', id: 1 });
  await last.hears({ type: 'lamps.time' });
  expect(last.heard.map(({ type }) => type)).not.toContain('lamps.input');
});

test('an input that nobody takes back ends by itself when it was set for a while', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  const { say, hears } = caller(door);
  say(enter);
  say({ ...input, active: true, forMs: 100 });
  await hears({ ...input, active: true });
  await hears({ ...input, active: false });
});

test('an input for a group that is not there is refused, and says which are', async () => {
  const door = { path: join(temporaryFolder(), 's') };
  await openAt(door);
  const { say, hears } = caller(door);
  say({ ...input, group: 'up', active: true });
  const reason = 'no group up at crossing; it has north, south, left, east';
  await hears({ type: 'lamps.refused', reason });
});
