/**
 * `greenwave recover` on a real store: what it tells, what it changes, and what it refuses.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nothingStored, type Store } from '../../actors/storage.ts';
import { openLevelStore } from '../../bin/level-store.ts';
import { OperatorError } from '../../bin/read-district.ts';
import { recover } from '../../bin/recover.ts';
import { logKey } from '../../machines/log.ts';
import { recovered } from '../../machines/recovery.ts';
import { lan } from '../../protocol/timing.ts';
import { voter } from '../machines/log-words.ts';

let folder: string;
const data = () => join(folder, 'store');
const open = () => openLevelStore(data(), (message) => expect.fail(message));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-recover-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const voters = ['a', 'b', 'c'].map((node) => voter(node));
const member = (node: string) => ({ node, store: `s${node}`, links: [] });
const put = (store: Store, records: Record<string, unknown>) =>
  new Promise<void>((resolve) => {
    const puts = Object.entries(records).map(([key, value]) => ({ key, value }));
    store.write({ puts, removes: [] }, resolve);
  });

/** A store of b that ends at entry 12 of term 4. */
const fill = async () => {
  const store = await open();
  await put(store, {
    group: { group: '1.3.a.0a1b2c3d', voters },
    vote: { term: 5, votedFor: 'a' },
    base: { index: 10, term: 3, state: { voters, members: [member('a')] } },
    [logKey(11)]: { term: 4, command: { kind: 'term.open', leader: 'a' } },
    [logKey(12)]: { term: 4, command: { kind: 'district.admit', ...member('b') } },
  });
  await store.close();
  return store.id;
};

const held = {
  group: '1.3.a.0a1b2c3d',
  generation: 1,
  lastTerm: 4,
  lastIndex: 12,
  snapshotIndex: 10,
  voters,
  members: ['a', 'b'],
  plan: null,
};

test('without --yes it tells what the store holds, and changes nothing of it', async () => {
  const id = await fill();
  expect(await recover('b', { data: data() })).toEqual({ ...held, store: id });
  const after = await open();
  expect(after.id).toBe(id);
  expect(after.recovered.group).toEqual({ group: held.group, voters });
  expect(after.recovered.log.entries).toHaveLength(2);
  await after.close();
});

test('with --yes the node is the only voter of a group of the next generation, with all it held', async () => {
  const id = await fill();
  const { recovered } = await recover('b', { data: data(), yes: true });
  expect(recovered?.group).toMatch(/^2\.1\.b\.[0-9a-f]{8}$/);
  expect(recovered?.store).not.toBe(id);
  const after = await open();
  const self = { node: 'b', store: after.id };
  expect(after.id).toBe(recovered?.store);
  expect(after.recovered).toEqual({
    group: { group: recovered?.group, voters: [self] },
    ballot: null,
    settled: null,
    contract: null,
    vote: { term: 5, votedFor: null },
    log: {
      base: { index: 12, term: 4, state: { voters: [self], members: [member('a'), member('b')] } },
      first: 1,
      entries: [],
    },
  });
  await after.close();
});

test('a second recovery is of a generation of its own', async () => {
  await fill();
  await recover('b', { data: data(), yes: true });
  const { generation, recovered } = await recover('b', { data: data(), yes: true });
  expect(generation).toBe(2);
  expect(recovered?.group).toMatch(/^3\.1\.b\./);
});

test('a ballot that was under way may be recovered from; what holds nothing may not', async () => {
  const store = await open();
  await store.close();
  await expect(recover('b', { data: data() })).rejects.toThrow(/holds no group.*start b/);
  const again = await open();
  const ballot = { round: 1, node: 'a', store: 'sa' };
  const accepted = { ballot, genesis: '1.3.a.0a1b2c3d', voters, quorum: 2 };
  await put(again, { genesis: { promised: ballot, accepted } });
  await again.close();
  const { recovered } = await recover('b', { data: data(), yes: true });
  expect(recovered?.group).toMatch(/^2\.1\.b\./);
});

test('a store in use is refused with the reason, and so is a folder that is none', async () => {
  const store = await open();
  const refused = recover('b', { data: data() });
  await expect(refused).rejects.toThrow(OperatorError);
  await expect(refused).rejects.toThrow(/another process is using it/);
  await store.close();
  await expect(recover('b', { data: join(folder, 'none') })).rejects.toThrow(/is no store/);
});

test('the contract in force goes on with the group, unless that is to begin by its file', () => {
  const timing = lan();
  const contract = { version: 2, timing, former: [], longest: timing };
  const state = { voters: [...voters], members: [], contract };
  const log = { base: { index: 3, term: 1, state }, first: 4, entries: [] };
  const stored = { ...nothingStored, group: { group: held.group, voters }, log };
  const self = { node: 'b', store: 'anew' };
  const under = (key: string, isByFile?: boolean) =>
    recovered(stored, self, isByFile).puts.find((put) => put.key === key)?.value;
  const { group } = recovered(stored, self);
  expect(under('contract')).toEqual({ group, contract });
  expect(under('base')).toMatchObject({ state: { contract } });
  expect(under('contract', true)).toBeUndefined();
  expect(under('base', true)).toEqual({
    index: 3,
    term: 1,
    state: { voters: [self], members: [] },
  });
});
