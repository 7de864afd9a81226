/** The bus: who hears what, in which order, and with which stamp. */
import { describe, expect, test } from 'vitest';
import { audienceOf, busQueue, hearersOf, queueOf } from '../../actors/bus.ts';
import { concerns } from '../../machines/node.ts';
import { Town } from './town.ts';

describe('the queue', () => {
  test('gives every hearer an event before anything said in answer to it', () => {
    const heard: string[] = [];
    const answers: Record<string, string[]> = { a: ['b', 'c'], b: ['d'] };
    const put = queueOf<string>((event) => {
      for (const hearer of ['first', 'second']) {
        heard.push(`${hearer} ${event}`);
        if (hearer === 'first') for (const answer of answers[event] ?? []) put(answer);
      }
    });
    put('a');
    expect(heard).toEqual(['a', 'b', 'c', 'd'].flatMap((e) => [`first ${e}`, `second ${e}`]));
  });

  test('goes on with the next event after one that failed', () => {
    const heard: string[] = [];
    const put = queueOf<string>((event) => {
      if (event === 'bad') throw new Error('bad');
      heard.push(event);
    });
    expect(() => put('bad')).toThrow('bad');
    put('good');
    expect(heard).toEqual(['good']);
  });
});

test('a stopwatch is told when an event is given to its hearers and when all are done, even if one fails', () => {
  const told: string[] = [];
  const put = busQueue({
    audience: new Map(['a', 'b'].map((type) => [type, ['first', 'second']])),
    hearer: (id) => ({
      send: ({ type }) => {
        told.push(`${id} ${type}`);
        if (type === 'a' && id === 'first') put({ type: 'b' });
        if (type === 'b') throw new Error('bad');
      },
    }),
    ...{ now: () => 7, tell: () => {} },
    stopwatch: {
      begin: ({ type, at }) => told.push(`begin ${type} ${at}`),
      end: ({ type }) => told.push(`end ${type}`),
    },
  });
  expect(() => put({ type: 'a' })).toThrow('bad');
  expect(told).toEqual([
    ...['begin a 7', 'first a', 'second a', 'end a'],
    ...['begin b 7', 'first b', 'end b'],
  ]);
});

describe('the audience', () => {
  const effects = { wire: ['wire.send', 'genesis.formed'], clock: ['clock.wake'] };
  const audience = audienceOf(concerns, effects);

  test('of an event is every concern whose machine handles it, in order, then the effects', () => {
    expect(audience.get('genesis.formed')).toEqual([
      'contract',
      'membership',
      'merge',
      'detector',
      'replica',
      'holder',
      'wire',
    ]);
    expect(audience.get('clock.wake')).toEqual(['clock']);
  });

  test('is nobody for what nobody handles', () => {
    expect(audience.get('nobody.cares')).toBeUndefined();
    expect(audience.get('xstate.stop')).toBeUndefined();
  });
});

describe('an answer that names who asked', () => {
  const audience = audienceOf(concerns, {});

  test.each([
    ['detector:n2', ['detector']],
    ['phases:change', ['phases']],
    ['nobody:else', []],
  ])('as the alarm %s does, is heard by the asker alone', (id, expected) => {
    expect(hearersOf(audience, { type: 'clock.due', id })).toEqual(expected);
    const [owner = ''] = id.split(':');
    const hearers = hearersOf(audience, { type: 'storage.written', owner });
    expect(hearers.every((hearer) => hearer === owner)).toBe(true);
  });

  test('is never lost: who asks for alarms or writes is named by them', () => {
    expect(hearersOf(audience, { type: 'storage.written', owner: 'replica' })).toEqual(['replica']);
    expect(hearersOf(audience, { type: 'genesis.formed' })).toEqual(audience.get('genesis.formed'));
  });
});

test('every event on a node’s bus is stamped with the node’s clock, never backwards', async () => {
  const town = new Town(2);
  const { node } = await town.open('n1');
  await town.open('n2');
  const stamps: number[] = [];
  node.watch(({ at }) => stamps.push(at));
  await town.walk(10_000);
  expect(stamps.length).toBeGreaterThan(100);
  expect(stamps.every((at) => Number.isFinite(at))).toBe(true);
  expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
});
