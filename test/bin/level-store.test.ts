/**
 * The store on disk: what is written comes back, what is torn is dropped, what is corrupt is never
 * guessed at.
 */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Batch, nothingStored, type Store } from '../../actors/storage.ts';
import { openLevelStore } from '../../bin/level-store.ts';
import { OperatorError } from '../../bin/read-district.ts';
import { readRecord, recordText } from '../../bin/record.ts';
import { LOG_END, logKey } from '../../machines/log.ts';

let folder: string;
let told: string[];
const directory = () => join(folder, 'store');
const open = () => openLevelStore(directory(), (message) => told.push(message));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-store-'));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (term: number) => ({ term, command: { kind: 'term.open', leader: `n${term}` } });
const put = (...records: readonly (readonly [string, unknown])[]): Batch => ({
  puts: records.map(([key, value]) => ({ key, value })),
  removes: [],
});
const written = (store: Store, batch: Batch) =>
  new Promise<void>((resolve) => store.write(batch, resolve));

/** Changes the store behind its back. */
const tamper = async (change: (db: ClassicLevel<string, string>) => Promise<unknown>) => {
  const db = new ClassicLevel<string, string>(directory(), { valueEncoding: 'utf8' });
  await change(db);
  await db.close();
};

test('votes, group, snapshot and log come back after a restart, in a later life', async () => {
  const first = await open();
  expect(first.recovered.log.entries).toEqual([]);
  await written(
    first,
    put(['vote', { term: 3, votedFor: 'n2' }], ['group', { group: 'g', voters: [] }]),
  );
  await written(first, put([logKey(1), entry(1)], [logKey(2), entry(3)]));
  await first.close();
  const second = await open();
  expect(second.id).toBe(first.id);
  expect(second.incarnation).toBeGreaterThan(first.incarnation);
  expect(second.recovered).toEqual({
    group: { group: 'g', voters: [] },
    ballot: null,
    settled: null,
    contract: null,
    vote: { term: 3, votedFor: 'n2' },
    log: { base: null, first: 1, entries: [entry(1), entry(3)] },
  });
  await second.close();
  expect(told).toEqual([]);
});

test('what a later write of the same moment replaces is gone, all of it', async () => {
  const store = await open();
  const one = written(
    store,
    put([logKey(1), entry(1)], [logKey(2), entry(1)], [logKey(3), entry(1)]),
  );
  const two = written(store, {
    removes: [{ from: logKey(2), until: LOG_END }],
    puts: [{ key: logKey(2), value: entry(2) }],
  });
  await Promise.all([one, two]);
  await store.close();
  const again = await open();
  expect(again.recovered.log.entries).toEqual([entry(1), entry(2)]);
  await again.close();
});

test('a torn last write is dropped, and what was promised before it stays', async () => {
  const store = await open();
  await written(store, put(['vote', { term: 1, votedFor: 'n1' }]));
  await written(store, put([logKey(1), entry(1)]));
  await store.close();
  const wal = readdirSync(directory()).find((name) => name.endsWith('.log')) ?? '';
  const file = join(directory(), wal);
  truncateSync(file, readFileSync(file).length - 5);
  const again = await open();
  expect(again.id).toBe(store.id);
  expect(again.recovered.vote).toEqual({ term: 1, votedFor: 'n1' });
  expect(again.recovered.log.entries).toEqual([]);
  expect(told).toEqual([]);
  await again.close();
});

test.each([
  {
    what: 'a record whose checksum does not match',
    change: (db: ClassicLevel<string, string>) => db.put('vote', '00000000 1 {"term":9}'),
    reason: /vote does not match its checksum/,
  },
  {
    what: 'a log with a gap',
    change: (db: ClassicLevel<string, string>) => db.del(logKey(1)),
    reason: /entries of the log are missing/,
  },
  {
    what: 'a record from after the last write',
    change: (db: ClassicLevel<string, string>) =>
      db.put('vote', recordText({ write: 99, value: {} })),
    reason: /write 99 is not the last/,
  },
])(
  '$what makes the store corrupt: it is put aside, and the node is another voter',
  async ({ change, reason }) => {
    const store = await open();
    await written(store, put([logKey(1), entry(1)], [logKey(2), entry(1)]));
    await store.close();
    await tamper(change);
    const anew = await open();
    expect(anew.id).not.toBe(store.id);
    expect(anew.recovered.log.entries).toEqual([]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(reason);
    expect(readdirSync(folder).some((name) => name.startsWith('store.corrupt-'))).toBe(true);
    await anew.close();
  },
);

test('a store that is given up is another one, with the new group alone, in the same step', async () => {
  const store = await open();
  await written(store, put([logKey(1), entry(1)], ['vote', { term: 3, votedFor: 'n2' }]));
  const group = { group: '1.5.n1.00000000', voters: [] };
  await new Promise<void>((resolve) =>
    store.reset(() => [{ key: 'group', value: group }], resolve),
  );
  await store.close();
  const anew = await open();
  expect(anew.id).not.toBe(store.id);
  expect(anew.incarnation).toBeGreaterThan(store.incarnation);
  expect(anew.recovered).toEqual({ ...nothingStored, group });
  expect(told).toEqual([]);
  await anew.close();
});

test('a directory that cannot be used is told, and the node goes on without a store', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const store = await openLevelStore(join(file, 'store'), (message) => told.push(message));
  expect(told[0]).toMatch(/cannot be used as a store.*runs its lamps, but keeps nothing/);
  await written(store, put(['vote', { term: 1, votedFor: null }]));
  await store.close();
});

test('a store that another process uses is refused', async () => {
  const store = await open();
  await expect(open()).rejects.toThrow(OperatorError);
  await expect(open()).rejects.toThrow(/another process is using it/);
  await store.close();
});

test('a record is read only as it was written', () => {
  const text = recordText({ write: 7, value: { a: 'b c' } });
  expect(readRecord(text)).toEqual({ write: 7, value: { a: 'b c' } });
  for (let place = 0; place < text.length; place++) {
    const flipped =
      text.slice(0, place) + (text[place] === 'x' ? 'y' : 'x') + text.slice(place + 1);
    expect(readRecord(flipped)).toBeUndefined();
  }
});
