/** The electorate, sentence by sentence: whom the leader wants to vote. (Thesis, sections 4.1, 4.4.) */
import { describe, expect, test } from 'vitest';
import {
  type Context,
  electorateMachine,
  type Presence,
  wanted,
} from '../../machines/electorate.ts';
import { withPair } from '../../machines/map.ts';
import type { Command, Member, Voter } from '../../protocol/command.ts';
import { lan } from '../../protocol/timing.ts';
import { admitting, changing, elected, lost, voter } from './log-words.ts';
import { only, Play } from './play.ts';
import { isPlain, take, takeAll } from './table.ts';

const timing = lan();
const NOW = 100_000;
const names = (text: string) => text.split(' ').filter((name) => name !== '');
const member = (node: string, store = `s${node}`): Member => ({ node, store, links: [] });
const presence = (
  standing: Presence['standing'],
  {
    node,
    forMs = timing.settleMs,
    store = `s${node}`,
  }: { node: string; forMs?: number; store?: string },
): [string, Presence] => [node, { store, sinceAt: NOW - forMs, standing }];

const pairsOf = (
  some: readonly (readonly [string, Presence])[],
  others: Context['peers'] = [],
): Context['peers'] => some.reduce((pairs, [node, known]) => withPair(pairs, node, known), others);

/** Node a leads; everybody named is settled, and whoever votes or is here is a member. */
interface Given {
  voters: string;
  here?: string;
  failed?: string;
  departed?: string;
  /** Members, when they are not simply all of the others. */
  members?: string;
  dismissed?: string;
}
const contextOf = (given: Given): Context => {
  const { voters, here = '', failed = '', departed = '', members, dismissed = '' } = given;
  const everybody = [...new Set(names(`a ${voters} ${here} ${failed} ${departed}`))].sort();
  return {
    id: 'a',
    store: 'sa',
    timing,
    state: {
      voters: [],
      members: (members === undefined ? everybody : names(members)).map((node) => member(node)),
    },
    voters: names(voters).map((node) => voter(node)),
    peers: pairsOf([
      ...names(here).map((node) => presence('here', { node })),
      ...names(failed).map((node) => presence('failed', { node })),
      ...names(departed).map((node) => presence('departed', { node })),
    ]),
    dismissed: names(dismissed),
    ticket: 0,
    ledAt: 0,
  };
};
const votersOf = (command: Command | undefined) =>
  command?.kind === 'voters.change' ? command.voters.map(({ node }) => node).join(' ') : command;

describe('wanted', () => {
  test.each<[string, Given, string | undefined]>([
    ['nothing, when all is well', { voters: 'a b c', here: 'b c' }, undefined],
    ['no second voter: two survive no more than one', { voters: 'a', here: 'b' }, undefined],
    ['a second voter on the way to three', { voters: 'a', here: 'b c' }, 'a b'],
    ['a third voter', { voters: 'a b', here: 'b c' }, 'a b c'],
    ['no fourth voter', { voters: 'a b c', here: 'b c d' }, undefined],
    ['a fourth voter on the way to five', { voters: 'a b c', here: 'b c d e' }, 'a b c d'],
    ['seven of nine', { voters: 'a b c d e f g', here: 'b c d e f g h i' }, undefined],
    [
      'three, although one is dead: no district of one disk',
      { voters: 'a b c', here: 'b', failed: 'c' },
      undefined,
    ],
    [
      'a learner in the place of a dead voter: first one more (thesis 4.1)',
      { voters: 'a b c', here: 'b d', failed: 'c' },
      'a b c d',
    ],
    [
      'a learner in the place of a dead voter: then one less (thesis 4.1)',
      { voters: 'a b c d', here: 'b d', failed: 'c' },
      'a b d',
    ],
    [
      'three of five when two are dead',
      { voters: 'a b c d e', here: 'b c', failed: 'd e' },
      'a b c e',
    ],
    [
      'three of five when two are dead, one at a time',
      { voters: 'a b c e', here: 'b c', failed: 'e' },
      'a b c',
    ],
    [
      'nobody out whom the living could not outvote',
      { voters: 'a b c d e', here: 'b', failed: 'c d e' },
      undefined,
    ],
    [
      'who has left out, even of three',
      { voters: 'a b c', here: 'b', failed: 'c', members: 'a b', dismissed: 'c' },
      'a b',
    ],
    [
      'who has left out, before who is only dead',
      { voters: 'a b c d', here: 'd', failed: 'b c', members: 'a b d', dismissed: 'c' },
      'a b d',
    ],
    [
      'three, although a founder died before it enrolled: it is dead, and has not left',
      { voters: 'a b c', here: 'b', failed: 'c', members: 'a b' },
      undefined,
    ],
    [
      'a founder out that said goodbye before it enrolled',
      { voters: 'a b c', here: 'b', departed: 'c', members: 'a b' },
      'a b',
    ],
    ['an odd number when nobody is dead', { voters: 'a b', here: 'b' }, 'a'],
    [
      'all founders, as long as they are not enrolled',
      { voters: 'a b c', here: 'b c', members: '' },
      undefined,
    ],
    [
      'all founders, as long as one is not enrolled',
      { voters: 'a b c', here: 'b c', members: 'a b' },
      undefined,
    ],
  ])('%s', (_, given, voters) => {
    expect(votersOf(wanted(contextOf(given), NOW))).toEqual(voters);
  });

  test('who said goodbye is dismissed before anything else', () => {
    const context = contextOf({ voters: 'a b', here: 'b c', departed: 'd' });
    expect(wanted(context, NOW)).toEqual({ kind: 'district.dismiss', node: 'd' });
  });

  test('a learner votes only when it has settled (thesis 4.2.1)', () => {
    const context = contextOf({ voters: 'a', here: 'b c' });
    const peers = pairsOf([presence('here', { node: 'c', forMs: 10 })], context.peers);
    expect(wanted({ ...context, peers }, NOW)).toBeUndefined();
    expect(votersOf(wanted({ ...context, peers }, NOW + timing.settleMs))).toBe('a b');
  });

  test('a voter that nobody has seen since the leader leads counts as gone since then', () => {
    const context = contextOf({ voters: 'a b c d', here: 'b c' });
    expect(wanted({ ...context, ledAt: NOW }, NOW)).toBeUndefined();
    expect(votersOf(wanted(context, NOW))).toBe('a b c');
  });

  test('a node that lost its store votes anew, and then its old store is retired', () => {
    const context = contextOf({ voters: 'a b c', here: 'b' });
    const state = { voters: [], members: [member('a'), member('b'), member('c', 'anew')] };
    const back = presence('here', { node: 'c', store: 'anew' });
    const peers = pairsOf([back], context.peers);
    const first = wanted({ ...context, state, peers }, NOW);
    const both: Voter[] = [...context.voters, voter('c', 'anew')];
    expect(first).toEqual(changing(both));
    const then = wanted({ ...context, state, peers, voters: both }, NOW);
    expect(then).toEqual(changing([voter('a'), voter('b'), voter('c', 'anew')]));
  });

  test('steps of one voter each, until there is nothing to want (thesis 4.1)', () => {
    let context = contextOf({ voters: 'a b c d e f g', here: 'h i j', failed: 'b c d' });
    const back = ['e', 'f', 'g'].map((node) => presence('here', { node }));
    const peers = pairsOf(back, context.peers);
    context = { ...context, peers };
    for (let steps = 0; ; steps += 1) {
      const command = wanted(context, NOW);
      if (command?.kind !== 'voters.change') {
        expect(steps).toBe(6);
        break;
      }
      expect(Math.abs(command.voters.length - context.voters.length)).toBe(1);
      context = { ...context, voters: command.voters };
    }
    expect(context.voters.map(({ node }) => node)).toEqual(names('a e f g h i j'));
  });
});

describe('the electorate', () => {
  const joined = (peer: string) => ({
    type: 'membership.joined' as const,
    ...{ peer, peerIncarnation: 1, store: `s${peer}`, host: 'h', port: 1 },
  });
  const left = (peer: string, how: 'goodbye' | 'failed' | 'restarted') => ({
    type: 'membership.left' as const,
    ...{ peer, how, reason: '' },
  });
  const configured = { type: 'replica.configured' as const, voters: [voter('a')], index: 0 };
  const admitted = (node: string) => ({
    type: 'replica.committed' as const,
    ...{ index: 1, term: 1, command: admitting(node) },
  });
  const steps = [configured, ...['a', 'b', 'c'].map(admitted), joined('b'), joined('c')];
  const requests = (play: Play<typeof electorateMachine>, ms: number) =>
    only(play.pass(ms), 'replica.request');
  const started = () => {
    const play = new Play(electorateMachine, { id: 'a', store: 'sa', timing });
    takeAll(play, steps);
    return play;
  };

  test('wants nothing as long as another leads (section 6)', () => {
    const play = started();
    take(play, elected('b', 1));
    expect(requests(play, 10_000)).toEqual([]);
  });

  test('asks when it leads and there is something to want, until it is so (section 6)', () => {
    const play = started();
    take(play, elected('a', 1));
    expect(requests(play, timing.settleMs - 1)).toEqual([]);
    const asked = requests(play, timing.retryMs * 2);
    expect(asked.map(({ command }) => votersOf(command))).toEqual(['a b', 'a b']);
    expect(asked.map(({ ticket }) => ticket)).toEqual([1, 2]);
  });

  test('asks no more when it leads no longer (section 6)', () => {
    const play = started();
    takeAll(play, [elected('a', 1), lost(1)]);
    expect(requests(play, 10_000)).toEqual([]);
  });

  test('dismisses who said goodbye, also when that was under a former leader', () => {
    const play = started();
    takeAll(play, [elected('b', 1), left('c', 'goodbye'), elected('a', 2)]);
    expect(requests(play, timing.retryMs)).toMatchObject([
      { command: { kind: 'district.dismiss', node: 'c' } },
    ]);
  });

  test('does not dismiss who failed, or started anew', () => {
    const play = started();
    takeAll(play, [elected('a', 1), left('c', 'failed'), left('b', 'restarted'), joined('b')]);
    const kinds = requests(play, 10_000).map(({ command }) => command.kind);
    expect(kinds).not.toContain('district.dismiss');
  });

  test('keeps a context that is plain JSON', () => {
    const play = started();
    for (const step of [elected('a', 1), 5000, left('c', 'failed'), lost(1)]) {
      take(play, step);
      expect(isPlain(play.snapshot.context)).toBe(true);
    }
  });
});
