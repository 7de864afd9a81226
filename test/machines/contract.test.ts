/** The contract of one node, sentence by sentence: what it tells its machines, the log and its store. */
import { describe, expect, test } from 'vitest';
import { type ContractInput, contractMachine } from '../../machines/contract.ts';
import type { Command } from '../../protocol/command.ts';
import { agreed, change, first, prepare, ready, second, switching } from './contract-words.ts';
import { elected, lost } from './log-words.ts';
import { Play } from './play.ts';
import { isPlain, prove, type Row, type Step, takeAll } from './table.ts';

type Said = Step<typeof contractMachine>;
const { retryMs, settleMs } = first;
const input = {
  ...{ id: 'b', store: 'sb', timing: first, filed: first },
  ...{ isObserver: false, agreed: null },
};
const formed = { type: 'genesis.formed' as const, group: 'g' };
const restored = (...commands: Command[]) => ({
  type: 'replica.restored' as const,
  ...{ index: 3, term: 1, state: agreed(...commands) },
});
const committed = (command: Command): Said => ({
  type: 'replica.committed',
  ...{ index: 4, term: 1, command },
});
const written = (ticket: number): Said => ({
  type: 'storage.written',
  ...{ owner: 'contract', ticket },
});
const joined = (peer: string): Said => ({
  type: 'membership.joined',
  ...{ peer, peerIncarnation: 1, store: `s${peer}`, host: 'h', port: 1 },
});
const left = (peer: string): Said => ({
  type: 'membership.left',
  ...{ peer, how: 'failed', reason: '' },
});
const asks = (command: Command) => ({ type: 'replica.request', owner: 'contract', command });
const writes = (ticket: number) => ({
  type: 'storage.write',
  ...{ owner: 'contract', ticket, puts: [{ key: 'contract', value: { group: 'g' } }] },
});
const told = (rest: object) => ({ type: 'contract.changed', ...rest });

/** Node b of the members a, b, c, in a view with a. */
const START: Said[] = [formed, restored(), joined('a'), joined('c'), left('c')];
const played = (rest: Partial<ContractInput> = {}) =>
  new Play(contractMachine, { ...input, ...rest });
const rows = (...table: Row<typeof contractMachine>[]) => {
  prove(() => {
    const play = played();
    takeAll(play, START);
    return play;
  }, table);
};

describe('step one', () => {
  rows(
    {
      proves: 'is told to the machines, whose timing stays, and written down',
      when: committed(prepare()),
      says: [told({ timing: first, former: [], next: second, changes: [] }), writes(1)],
    },
    {
      proves: 'is acknowledged when it is on disk, not before',
      given: [committed(prepare()), retryMs * 3],
      when: written(1),
      says: [asks(ready('b'))],
    },
    {
      proves: 'is acknowledged until the log has it',
      given: [committed(prepare()), written(1)],
      when: retryMs * 2,
      says: [asks(ready('b')), asks(ready('b'))],
    },
    {
      proves: 'is acknowledged no more when the log has it',
      given: [committed(prepare()), written(1), committed(ready('b'))],
      when: retryMs * 5,
      says: [],
    },
    {
      proves: 'is learned from a snapshot as well',
      when: restored(prepare()),
      says: [told({ timing: first, next: second }), writes(1)],
    },
  );

  test('is acknowledged by no observer', () => {
    const play = played({ isObserver: true });
    takeAll(play, [...START, committed(prepare())]);
    expect([...play.hear(written(1) as never), ...play.pass(retryMs * 3)]).toEqual([]);
  });
});

describe('the leader', () => {
  const HALF: Said[] = [elected('b', 2), committed(prepare()), committed(ready('b'))];
  const switched = (...absent: string[]) => asks(switching(second, ...absent));
  const switches = (said: readonly { type: string }[]) =>
    said.filter((one) => one.type === 'replica.request').slice(0, 1);
  const askedIn = (steps: Said[], ms: number) => {
    const play = played();
    takeAll(play, [...START, ...steps]);
    return switches(play.pass(ms));
  };

  test('asks for nothing while no change is half-way', () => {
    expect(played().hear(elected('b', 2) as never)).toEqual([]);
    expect(askedIn([elected('b', 2)], 60_000)).toEqual([]);
  });

  test('switches when all who are here are ready, and names those who are not here', () => {
    expect(askedIn([...HALF, committed(ready('a'))], settleMs * 2)).toMatchObject([switched('c')]);
  });

  test('waits for one that is here and not ready, however long', () => {
    expect(askedIn(HALF, 60_000)).toEqual([]);
  });

  test('goes on when that one is gone', () => {
    expect(askedIn([...HALF, left('a')], settleMs * 2)).toMatchObject([switched('a', 'c')]);
  });

  test('gives those that are away the time to come, counted anew in each office', () => {
    const all = [...HALF, committed(ready('a'))];
    expect(askedIn(all, settleMs - 1)).toEqual([]);
    const again = [...all, settleMs - 1, lost(2), elected('b', 3)];
    expect(askedIn(again, settleMs - 1)).toEqual([]);
    expect(askedIn([...all, committed(ready('c'))], settleMs * 2)).toMatchObject([switched()]);
  });

  test('that leads no longer asks for nothing', () => {
    expect(askedIn([...HALF, committed(ready('a')), lost(2)], 60_000)).toEqual([]);
    expect(askedIn([...HALF, committed(ready('a')), elected('a', 3)], 60_000)).toEqual([]);
  });
});

describe('step two', () => {
  const PREPARED = [prepare(), ready('a'), ready('b'), ready('c')].map(committed);
  rows({
    proves: 'puts the new timing in force, with what it changes, and is written down',
    given: PREPARED,
    when: committed(switching()),
    says: [
      told({
        timing: second,
        former: [first],
        changes: ['beatMs 320 → 300', 'leaseMs 1000 → 1100'],
      }),
      writes(2),
    ],
    context: { timing: second },
  });

  test('is not undone by reading the log again from before it', () => {
    const { contract = null } = agreed(...change());
    const play = played({ timing: second, agreed: contract });
    expect(play.hear(formed)).toMatchObject([
      told({ timing: second, changes: ['beatMs 320 → 300', 'leaseMs 1000 → 1100'] }),
    ]);
    const said = [restored(), ...change().map(committed)].flatMap((step) =>
      play.hear(step as never),
    );
    expect(said).toEqual([]);
    expect(isPlain((play.snapshot as { context: unknown }).context)).toBe(true);
  });

  test('is learned at once by who comes with the file of a former contract', () => {
    const play = played();
    play.hear(formed);
    expect(play.hear(restored(...change()))).toMatchObject([
      told({ timing: second, former: [first] }),
      writes(1),
    ]);
  });
});
