/** What an inspector server remembers, and what it forgets first. */
import { describe, expect, test } from 'vitest';
import { History } from '../../bin/inspect-history.ts';

const MEGABYTE = 2 ** 20;

const message = (type: string, sessionId: string, more: object = {}) =>
  Buffer.from(JSON.stringify({ type: `@xstate.${type}`, sessionId, _version: '0', ...more }));

const actor = (id: string, size = 0) =>
  message('actor', id, { definition: 'x'.repeat(size), snapshot: { status: 'active' } });

const snapshot = (id: string, value: string, status = 'active') =>
  message('snapshot', id, { snapshot: { status, value } });

const event = (id: string, k: number, size = 0) =>
  message('event', id, { event: { type: 'tick', k, burden: 'x'.repeat(size) } });

const kept = (history: History): unknown[] => {
  const all = [];
  for (let place = history.first; place < history.end; place += 1) {
    all.push(JSON.parse(String(history.at(place))));
  }
  return all;
};

test('everything is kept, in order, while there is room', () => {
  const history = new History(MEGABYTE);
  const said = [actor('d/n/a'), event('d/n/a', 1), snapshot('d/n/a', 'on'), event('d/n/a', 2)];
  for (const bytes of said) expect(history.take('d/n', bytes)).toBeUndefined();
  expect(kept(history)).toEqual(said.map((bytes) => JSON.parse(String(bytes))));
  expect(history.first).toBe(0);
});

test('what is oldest goes first, but no definition and no last snapshot', () => {
  const history = new History(MEGABYTE);
  history.take('d/n', actor('d/n/a'));
  history.take('d/n', snapshot('d/n/a', 'old'));
  history.take('d/n', snapshot('d/n/a', 'on'));
  for (let k = 0; k < 20_000; k += 1) history.take('d/n', event('d/n/a', k, 900));
  const all = kept(history) as { event: { k: number } }[];
  expect(all.length).toBeGreaterThan(700);
  expect(all.length).toBeLessThan(1100);
  expect(all.at(-1)?.event.k).toBe(19_999);
  expect(all[0]?.event.k).toBe(20_000 - all.length);
  expect(history.at(history.first - 1)).toBeUndefined();
  expect(String(history.actor('d/n/a')?.definition)).toContain('definition');
  expect(String(history.actor('d/n/a')?.snapshot)).toContain('"on"');
});

test('a node that was started anew has its new definitions only, after those who came before', () => {
  const history = new History(MEGABYTE);
  history.take('d/n', actor('d/n/a'));
  history.take('d/n', snapshot('d/n/a', 'on'));
  history.take('d/m', actor('d/m/a'));
  history.take('d/n', actor('d/n/a', 5));
  expect(history.actors()).toEqual(['d/m/a', 'd/n/a']);
  expect(String(history.actor('d/n/a')?.definition)).toContain('xxxxx');
  expect(history.actor('d/n/a')?.snapshot).toBeUndefined();
});

describe('a node that is gone', () => {
  test('is shown as stopped in the state that it was last in', () => {
    const history = new History(MEGABYTE);
    history.take('d/n', actor('d/n/a'));
    history.take('d/n', actor('d/n/b'));
    history.take('d/n', actor('d/n/c'));
    history.take('d/n', snapshot('d/n/a', 'on'));
    history.take('d/n', snapshot('d/n/b', 'off', 'done'));
    const before = history.end;
    history.lose('d/n', 77);
    const said = kept(history).slice(before);
    const lost = {
      type: '@xstate.snapshot',
      event: { type: 'inspector.lost' },
      createdAt: '77',
      id: null,
    };
    expect(said).toMatchObject([
      { ...lost, sessionId: 'd/n/a', snapshot: { status: 'stopped', value: 'on' } },
      { ...lost, sessionId: 'd/n/c', snapshot: { status: 'stopped' } },
    ]);
    expect(JSON.parse(String(history.actor('d/n/a')?.snapshot))).toEqual(said[0]);
  });

  test('makes room for those who are here, when definitions need more than half of it', () => {
    const history = new History(MEGABYTE);
    history.take('d/gone', actor('d/gone/a', MEGABYTE / 4));
    history.take('d/here', actor('d/here/a', MEGABYTE / 8));
    history.lose('d/gone', 0);
    expect(history.take('d/new', actor('d/new/a', MEGABYTE / 4))).toBeUndefined();
    expect(history.actors()).toEqual(['d/here/a', 'd/new/a']);
  });

  test('is not gone any more when it speaks again', () => {
    const history = new History(MEGABYTE);
    history.take('d/n', actor('d/n/a', MEGABYTE / 4));
    history.lose('d/n', 0);
    history.take('d/n', event('d/n/a', 1));
    expect(history.take('d/m', actor('d/m/a', MEGABYTE / 3))).toMatch(/too many actors/);
    expect(history.actors()).toEqual(['d/n/a']);
  });
});

describe('what is no message of that node is refused:', () => {
  test.each([
    { what: 'rubbish', said: '{"type":', why: /not JSON/ },
    { what: 'a number', said: '5', why: /not an object/ },
    { what: 'nothing', said: 'null', why: /not an object/ },
    { what: 'another type', said: '{"type":"@xstate.microstep","sessionId":"d/n/a"}', why: /type/ },
    { what: 'no type', said: '{"sessionId":"d/n/a"}', why: /type/ },
    { what: 'no actor', said: '{"type":"@xstate.event"}', why: /no actor/ },
    { what: 'another node’s', said: String(actor('d/m/a')), why: /speaks for d\/m\/a/ },
    { what: 'a longer name', said: String(actor('d/n2/a')), why: /speaks for/ },
  ])('$what', ({ said, why }) => {
    const history = new History(MEGABYTE);
    expect(history.take('d/n', Buffer.from(said))).toMatch(why);
    expect(history.end).toBe(0);
    expect(history.actors()).toEqual([]);
  });

  test('more definitions than there is room for', () => {
    const history = new History(MEGABYTE);
    expect(history.take('d/n', actor('d/n/a', MEGABYTE / 3))).toBeUndefined();
    expect(history.take('d/n', actor('d/n/b', MEGABYTE / 3))).toMatch(/too many actors/);
    expect(history.actors()).toEqual(['d/n/a']);
  });
});
