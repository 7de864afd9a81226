/** Floods: what one says too much is dropped, chatter first, and costs nobody else anything. */
import { describe, expect, test } from 'vitest';
import { Flood } from '../../actors/flood.ts';
import { RecentSeals } from '../../actors/recent-seals.ts';
import { Refusals } from '../../actors/refusals.ts';
import { TERM_STEP_MAX, TermStep } from '../../actors/term-step.ts';
import { encode } from '../../protocol/codec.ts';
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
    const terms = new TermStep(now);
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
    const terms = new TermStep(now);
    const term = 1_000_000;
    let seconds = 0;
    while (!terms.allows(term)) {
      pass(1_000);
      seconds += 1;
    }
    expect(seconds).toBeLessThan(20);
    terms.entered(term);
    expect(terms.allows(term + TERM_STEP_MAX)).toBe(true);
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
