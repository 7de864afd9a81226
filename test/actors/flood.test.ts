/** Floods: what one says too much is dropped, chatter first, and costs nobody else anything. */
import { describe, expect, test } from 'vitest';
import { Flood } from '../../actors/flood.ts';
import { Pace, TERM_STEP_MAX } from '../../actors/pace.ts';
import { RecentSeals } from '../../actors/recent-seals.ts';
import { Refusals } from '../../actors/refusals.ts';
import { encode } from '../../protocol/codec.ts';
import type { Message } from '../../protocol/event.ts';
import { keyring } from '../transport/keys.ts';
import { announce, beat, heardOf, inGroup, sender } from './wired.ts';

const clock = () => {
  let nowMs = 0;
  return {
    now: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
};

/** How many of so many messages are heard, said one after another at one moment. */
const heardOfThem = (flood: Flood, count: number, say: (k: number) => [string, string]) =>
  Array.from({ length: count }, (_, k) => flood.allows(...say(k))).filter(Boolean).length;

const withPeer = () => {
  const time = clock();
  const flood = new Flood(time.now);
  flood.joined('n2');
  return { flood, ...time };
};

describe('of a node in the view', () => {
  test('chatter beyond its measure is dropped, and votes and acknowledgements are not', () => {
    const { flood } = withPeer();
    expect(heardOfThem(flood, 20_000, () => ['n2', 'detector.beat'])).toBe(1_000);
    for (const type of ['election.vote', 'election.claim', 'replica.ack', 'lease.grant']) {
      expect(heardOfThem(flood, 5_000, () => ['n2', type])).toBe(5_000);
    }
  });

  test('more is heard as time passes', () => {
    const { flood, pass } = withPeer();
    heardOfThem(flood, 20_000, () => ['n2', 'detector.beat']);
    pass(1_000);
    expect(heardOfThem(flood, 20_000, () => ['n2', 'detector.beat'])).toBe(500);
  });

  test('a flood of strangers takes nothing away, whatever their names are', () => {
    const { flood } = withPeer();
    expect(heardOfThem(flood, 50_000, (k) => [`s${k}`, 'election.vote'])).toBe(2_000);
    expect(heardOfThem(flood, 900, () => ['n2', 'detector.beat'])).toBe(900);
  });

  test('who has left is a stranger', () => {
    const { flood } = withPeer();
    flood.left('n2');
    expect(heardOfThem(flood, 5_000, () => ['n2', 'election.vote'])).toBe(2_000);
  });
});

describe('terms', () => {
  test('far ahead are not heard at first, and never use up the terms there are', () => {
    const { now, pass } = clock();
    const terms = new Pace(now, TERM_STEP_MAX);
    expect(terms.allows(TERM_STEP_MAX)).toBe(true);
    expect(terms.allows(2 ** 40)).toBe(false);
    for (let second = 0; second < 3_600; second += 1) {
      for (let k = 0; k < 10; k += 1) terms.allows(Number.MAX_SAFE_INTEGER);
      pass(1_000);
    }
    // An hour of lies has moved the bound by less than a 30-millionth of all terms.
    expect(terms.allows(3_602 * TERM_STEP_MAX)).toBe(false);
    expect(3_602 * TERM_STEP_MAX).toBeLessThan(Number.MAX_SAFE_INTEGER / 30_000_000);
  });

  test('of a district that elected for years are heard by who was away, soon', () => {
    const { now, pass } = clock();
    const terms = new Pace(now, TERM_STEP_MAX);
    const term = 1_000_000;
    let seconds = 0;
    while (!terms.allows(term)) {
      pass(1_000);
      seconds += 1;
    }
    expect(seconds).toBeLessThan(20);
    terms.reached(term);
    expect(terms.allows(term + TERM_STEP_MAX)).toBe(true);
  });

  test('that are entered as fast as they are heard move the bound by a step a second all the same', () => {
    const { now, pass } = clock();
    const terms = new Pace(now, TERM_STEP_MAX);
    let term = 0;
    for (let k = 0; k < 600; k += 1) {
      while (terms.allows(term + TERM_STEP_MAX - 1)) {
        term += TERM_STEP_MAX - 1;
        terms.reached(term);
      }
      pass(100);
    }
    expect(term).toBeGreaterThan(50 * TERM_STEP_MAX);
    expect(term).toBeLessThan(63 * TERM_STEP_MAX);
  });

  test('of a store are where a start begins, and it gains a step at most', () => {
    const { now, pass } = clock();
    for (let life = 0, term = 1_000_000; life < 10; life += 1) {
      const terms = new Pace(now, TERM_STEP_MAX);
      terms.reached(term);
      expect(terms.allows(term)).toBe(true);
      expect(terms.allows(term + 2 * TERM_STEP_MAX)).toBe(false);
      pass(500);
      term += TERM_STEP_MAX;
      expect(terms.allows(term)).toBe(true);
    }
  });

  test('that come about by elections alone are never refused', () => {
    const { now, pass } = clock();
    const terms = new Pace(now, TERM_STEP_MAX);
    for (let term = 1; term < 3 * TERM_STEP_MAX; term += 1) {
      expect(terms.allows(term)).toBe(true);
      terms.reached(term);
      pass(100);
    }
  });

  test('far ahead reach no machine, and one line says so', async () => {
    const world = await inGroup();
    const ahead = { ...beat, term: 2 ** 40 };
    expect(heardOf(world, encode(ahead, sender()))).toMatchObject([
      {
        type: 'wire.refused',
        reason: expect.stringMatching(/term 1099511627776, more than 65536/),
      },
    ]);
    expect(heardOf(world, encode(ahead, sender()))).toEqual([]);
    world.take({ type: 'election.advanced', term: 2 ** 40 - 5 });
    expect(heardOf(world, encode(ahead, sender()))).toHaveLength(1);
  });
});

describe('what a message tells of a log', () => {
  const entry = { term: 7, command: { kind: 'term.open' as const, leader: 'n2' } };
  const end = { prevIndex: 3, prevTerm: 1, commit: 0 };
  const prepare = { type: 'replica.prepare' as const, term: 5, ...end };
  const chunk = {
    type: 'replica.chunk' as const,
    term: 5,
    index: 9,
    offset: 0,
    total: 1,
    data: 'x',
  };
  test.each<[string, Message]>([
    ['entries', { ...prepare, entries: [entry] }],
    ['the entry before', { ...prepare, prevTerm: 6, entries: [] }],
    ['a snapshot', { ...chunk, indexTerm: 6 }],
    ['the end of a log', { type: 'election.poll', term: 5, lastTerm: 6, lastIndex: 1 }],
  ])('is of no later term than it: %s', async (_, message) => {
    const world = await inGroup();
    const reason = expect.stringMatching(/of term 5 tells of a log in term [67]/);
    expect(heardOf(world, encode(message, sender()))).toMatchObject([
      { type: 'wire.refused', reason },
    ]);
  });

  test('is of no place that is far beyond its own log', async () => {
    const world = await inGroup();
    const far = { ...chunk, indexTerm: 5, index: 2 ** 40 };
    const reason = expect.stringMatching(/entry 1099511627776, more than 16777216 ahead/);
    expect(heardOf(world, encode(far, sender()))).toMatchObject([{ type: 'wire.refused', reason }]);
    const near = { ...far, index: 16_777_216 };
    expect(heardOf(world, encode(near, sender()))).toMatchObject([{ type: 'replica.chunk' }]);
  });
});

test('refusals are counted by reason and source, and so many sources and no more', () => {
  const { now } = clock();
  const told: string[] = [];
  const refusals = new Refusals({ now, tell: (reason) => told.push(reason) });
  let details = 0;
  const detail = () => {
    details += 1;
    return 'it is wrong';
  };
  for (let k = 0; k < 10_000; k += 1) {
    refusals.add({ why: 'forged', source: `10.0.${k >> 8}.${k & 255}`, detail });
    refusals.add({ why: 'not JSON', source: '10.0.0.1', detail });
  }
  const counts = refusals.counts();
  expect(counts.length).toBeLessThan(110);
  const sum = (why: string) =>
    counts.filter((one) => one.why === why).reduce((all, { count }) => all + count, 0);
  expect([sum('forged'), sum('not JSON')]).toEqual([10_000, 10_000]);
  expect(counts).toContainEqual({ why: 'not JSON', source: '10.0.0.1', count: 10_000 });
  // What is not told is not worked out.
  expect({ told: told.length, details }).toEqual({ told: 2, details: 2 });
});

test('a seal that was opened is known again until thousands of others were', () => {
  const seals = new RecentSeals();
  const sealedAs = (counter: number) => keyring().seal(encode(beat, sender({ counter })), 'node');
  const first = sealedAs(1);
  expect(seals.has(first)).toBe(false);
  seals.add(first);
  expect(seals.has(Uint8Array.from(first))).toBe(true);
  for (let counter = 2; counter <= 8_192; counter += 1) seals.add(sealedAs(counter));
  expect(seals.has(first)).toBe(true);
  seals.add(sealedAs(9_000));
  expect(seals.has(first)).toBe(false);
});

test('a key that would become a prototype is refused, wherever it stands', async () => {
  const world = await inGroup();
  for (const text of [
    '"__proto__":{"leader":7}',
    '"intersection":{"id":"x","digest":"0123456789abcdef","__proto__":{}}',
  ]) {
    const bytes = Buffer.from(encode(announce(), sender())).toString();
    const forged = new TextEncoder().encode(bytes.replace('"payload":{', `"payload":{${text},`));
    const [refused] = heardOf(world, forged);
    if (refused) expect(refused).toMatchObject({ reason: expect.stringContaining('prototype') });
    expect(world.delivered.some(({ type }) => type === 'membership.announce')).toBe(false);
  }
  const named = encode(announce(), sender({ id: '__proto__' }));
  expect(heardOf(world, named)).toMatchObject([{ type: 'wire.refused' }]);
});
