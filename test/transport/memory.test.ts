/** Shows that the memory network does to messages what it was told to, and does it again. */
import { expect, test } from 'vitest';
import { type Faults, MemoryNetwork } from '../../transport/memory.ts';
import { bytesOf, Ear } from './ear.ts';
import { seeded } from './seeded.ts';
import { VirtualTime } from './virtual-time.ts';

const city = async (names: string[], faults: Partial<Faults> = {}, seed = 1) => {
  const time = new VirtualTime();
  const network = new MemoryNetwork({ random: seeded(seed), later: time.later, faults });
  const open = async (name: string) => {
    const ear = new Ear();
    return { ear, port: await network.transport(name).open(ear) };
  };
  const nodes = await Promise.all(names.map(open));
  const [a, b, c] = nodes;
  return { time, network, open, nodes, a: a!, b: b!, c: c! };
};

const words = Array.from({ length: 300 }, (_, index) => `${index}`);
const rough = {
  latencyMsMin: 1,
  latencyMsMax: 9,
  lossRatio: 0.3,
  duplicationRatio: 0.2,
  reorderRatio: 0.1,
};

const heardUnder = async (faults: Partial<Faults>, seed: number): Promise<string[]> => {
  const { a, b, time } = await city(['a', 'b'], faults, seed);
  for (const word of words) {
    a.port.sendAll(bytesOf(word));
    time.run(20);
  }
  time.run(1000);
  return b.ear.texts;
};

test('the same seed brings the same losses, doubles and order; another seed others', async () => {
  const heard = await heardUnder(rough, 7);
  expect(await heardUnder(rough, 7)).toEqual(heard);
  expect(await heardUnder(rough, 8)).not.toEqual(heard);
});

test('loss, duplication and reordering are about as frequent as told', async () => {
  const lost = words.length - (await heardUnder({ lossRatio: 0.3 }, 1)).length;
  expect(lost / words.length).toBeCloseTo(0.3, 1);
  const doubled = (await heardUnder({ duplicationRatio: 0.2 }, 1)).length - words.length;
  expect(doubled / words.length).toBeCloseTo(0.2, 1);
  const heard = await heardUnder({ reorderRatio: 0.1, reorderMs: 30 }, 1);
  const late = heard.filter((word, index) => Number(heard[index - 1]) > Number(word));
  expect(late.length / words.length).toBeCloseTo(0.1, 1);
  expect(heard.toSorted()).toEqual(words.toSorted());
});

test('loss holds a connection up, but takes nothing from it and changes no order', async () => {
  const { a, b, time } = await city(['a', 'b'], rough);
  for (const word of words) a.port.sendOne(b.port.address, bytesOf(word));
  time.run(50);
  expect(b.ear.texts.length).toBeLessThan(words.length);
  time.run(words.length * 200);
  expect(b.ear.texts).toEqual(words);
  expect(a.ear.losses).toEqual([]);
});

test('a cut works one way', async () => {
  const { a, b, c, network, time } = await city(['a', 'b', 'c']);
  network.cut('a', 'b');
  a.port.sendAll(bytesOf('from a'));
  b.port.sendAll(bytesOf('from b'));
  time.run(10);
  expect(a.ear.texts.toSorted()).toEqual(['from a', 'from b']);
  expect(b.ear.texts).toEqual(['from b']);
  expect(c.ear.texts.toSorted()).toEqual(['from a', 'from b']);
  network.mend('a', 'b');
  a.port.sendAll(bytesOf('mended'));
  time.run(10);
  expect(b.ear.texts).toEqual(['from b', 'mended']);
});

test('a partition keeps its sides apart; who is not named is on a side of its own', async () => {
  const { nodes, network, time } = await city(['a', 'b', 'c', 'd', 'e']);
  const heardBy = (text: string) => {
    nodes[0]!.port.sendAll(bytesOf(text));
    time.run(10);
    return nodes.map(({ ear }) => ear.texts.includes(text));
  };
  network.partition([['a', 'b'], ['c']]);
  expect(heardBy('parted')).toEqual([true, true, false, false, false]);
  network.partition([['b']]);
  expect(heardBy('parted otherwise')).toEqual([true, false, true, true, true]);
  network.isolate('c');
  expect(heardBy('without c')).toEqual([true, false, false, true, true]);
  network.heal();
  expect(heardBy('healed')).toEqual([true, true, true, true, true]);
});

test('a slow way takes so much longer for what is for all and for what is for one, until it is healed', async () => {
  const { nodes, a, b, network, time } = await city(['a', 'b', 'c']);
  network.delay('a', 'b', 300);
  a.port.sendAll(bytesOf('to all'));
  a.port.sendOne(b.port.address, bytesOf('to one'));
  b.port.sendAll(bytesOf('back'));
  time.run(200);
  expect(nodes.map(({ ear }) => ear.texts.toSorted())).toEqual([
    ['back', 'to all'],
    ['back'],
    ['back', 'to all'],
  ]);
  time.run(200);
  expect(b.ear.texts.toSorted()).toEqual(['back', 'to all', 'to one']);
  network.heal();
  a.port.sendAll(bytesOf('again'));
  time.run(10);
  expect(b.ear.texts).toContain('again');
});

test('a connection outlives a short cut, and all arrives in order after it', async () => {
  const { a, b, network, time } = await city(['a', 'b']);
  a.port.sendOne(b.port.address, bytesOf('before'));
  time.run(10);
  network.partition([['a'], ['b']]);
  a.port.sendOne(b.port.address, bytesOf('during'));
  time.run(2000);
  expect(b.ear.texts).toEqual(['before']);
  network.heal();
  a.port.sendOne(b.port.address, bytesOf('after'));
  time.run(5000);
  expect(b.ear.texts).toEqual(['before', 'during', 'after']);
  expect(a.ear.losses).toEqual([]);
});

test.each([
  { from: 'a', to: 'b', heard: ['before'] },
  { from: 'b', to: 'a', heard: ['before', 'during'] },
])('a way from $from to $to that stays cut is told as unreachable', async ({ from, to, heard }) => {
  const { a, b, network, time } = await city(['a', 'b']);
  a.port.sendOne(b.port.address, bytesOf('before'));
  time.run(10);
  network.cut(from, to);
  a.port.sendOne(b.port.address, bytesOf('during'));
  time.run(2990);
  expect(a.ear.losses).toEqual([]);
  time.run(20);
  expect(a.ear.losses).toEqual([{ to: b.port.address, why: 'unreachable' }]);
  network.heal();
  time.run(1000);
  expect(b.ear.texts).toEqual(heard);
});

test('an address that nobody ever had is told as unreachable', async () => {
  const { a, time } = await city(['a']);
  const to = { host: '10.0.9.9', port: 6000 };
  a.port.sendOne(to, bytesOf('hello'));
  time.run(4000);
  expect(a.ear.losses).toEqual([{ to, why: 'unreachable' }]);
});

test('a crash resets its peers; what the crashed had sent still arrives', async () => {
  const { a, b, c, network, time } = await city(['a', 'b', 'c']);
  a.port.sendOne(b.port.address, bytesOf('hello'));
  b.port.sendOne(c.port.address, bytesOf('hello'));
  time.run(10);
  b.port.sendOne(c.port.address, bytesOf('last words'));
  network.crash('b');
  b.port.sendOne(c.port.address, bytesOf('from the dead'));
  time.run(10);
  expect(a.ear.losses).toEqual([{ to: b.port.address, why: 'reset' }]);
  expect(c.ear.texts).toEqual(['hello', 'last words']);
  expect([...b.ear.losses, ...c.ear.losses]).toEqual([]);
});

test('a crash behind a cut is silence', async () => {
  const { a, b, network, time } = await city(['a', 'b']);
  a.port.sendOne(b.port.address, bytesOf('hello'));
  time.run(10);
  network.isolate('b');
  network.crash('b');
  time.run(10_000);
  expect(a.ear.losses).toEqual([]);
  a.port.sendOne(b.port.address, bytesOf('hello?'));
  time.run(4000);
  expect(a.ear.losses).toEqual([{ to: b.port.address, why: 'unreachable' }]);
});

test('a restarted node has its old address, and hears nothing meant for the dead one', async () => {
  const { a, b, network, open, time } = await city(['a', 'b'], { latencyMsMin: 5 });
  a.port.sendOne(b.port.address, bytesOf('hello'));
  time.run(50);
  a.port.sendOne(b.port.address, bytesOf('for the dead one'));
  a.port.sendAll(bytesOf('for all'));
  network.crash('b');
  const reborn = await open('b');
  expect(reborn.port.address).toEqual(b.port.address);
  time.run(50);
  expect(a.ear.losses).toEqual([{ to: b.port.address, why: 'reset' }]);
  a.port.sendOne(b.port.address, bytesOf('for the new one'));
  time.run(50);
  expect(reborn.ear.texts).toEqual(['for all', 'for the new one']);
});

test('two open ports on one host are our own mistake', async () => {
  const { open } = await city(['a']);
  await expect(open('a')).rejects.toThrow('already has an open port');
});
