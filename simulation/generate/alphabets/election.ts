/** What the election is tried with: terms around its own, and logs around its own log. */
import type { Alphabet, Context } from '../alphabet.ts';
import type { Move, Said } from '../moment.ts';
import { hear, heard, self, voters, wait } from './place.ts';

const end = ({ lastTerm, lastIndex }: Context): [number, number] => [
  Number(lastTerm),
  Number(lastIndex),
];
const term = ({ term: own }: Context): number => Number(own);

const none = { matched: 0, commit: 0 };
const log = { lastTerm: 0, lastIndex: 0 };
const configured = hear({ type: 'replica.configured', voters, index: 0 });
const claimed = hear(heard('a', { type: 'election.claim', term: 2, transfer: false, ...log }));
const written = hear({ type: 'storage.written', owner: 'election', ticket: 1 });
const answer = { term: 2, store: 'sa', granted: true, ...log };
const leans = { type: 'election.lean', ...answer };
const votes = { type: 'election.vote', ...answer };
const lean = hear(heard('a', leans));
const vote = hear(heard('a', votes));
const beat = (from: string, leader?: string, of = 2): Said =>
  heard(from, {
    ...{ type: 'detector.beat', term: of, store: `s${from}`, index: 0, commit: 0 },
    ...(leader !== undefined && { leader }),
  });
/** It stands in term 3. */
const stands: readonly Move[] = [
  ...[hear(heard('a', { ...leans, term: 3 })), written],
  hear(heard('a', { ...votes, term: 3 })),
];
const led: readonly Move[] = [configured, wait, lean, written, vote];
/** That this store is the second of node b, or that it was another node's. */
const renamed = (node: string, store: string) =>
  hear({
    ...{ type: 'replica.configured', index: 0 },
    voters: voters.map((one) => (one.node === 'b' ? { node, store } : one)),
  });

export const election: Alphabet = {
  starts: { 'a node': { ...self, stored: { term: 1, votedFor: null } } },
  values: {
    term: (context) => [term(context), term(context) + 1, Math.max(0, term(context) - 1)],
    'election.poll term': (context) => [term(context) + 1, term(context)],
    'election.lean term': (context) => [term(context) + 1, term(context), term(context) + 2],
    'election.claim term': (context) => [term(context) + 1, term(context), term(context) - 1],
    'election.claim transfer': [false, true],
    'election.claim from': ({ id, votedFor }) => [
      votedFor === 'a' ? 'c' : 'a',
      votedFor ?? 'c',
      id,
    ],
    lastTerm: (context) => [end(context)[0], end(context)[0] + 1],
    lastIndex: (context) => [
      end(context)[1],
      end(context)[1] + 1,
      ...(end(context)[1] > 0 ? [end(context)[1] - 1] : []),
    ],
    'replica.appended term': (context) => [end(context)[0], term(context), term(context) + 1],
    'replica.appended index': (context) => [end(context)[1] + 1],
    'replica.configured voters': [voters, voters.filter(({ node }) => node !== 'b')],
    'replica.configured former': [undefined, voters],
    'replica.configured index': [0],
    'replica.drained holders': [['a'], []],
    'detector.beat leader': ({ id }, { from }) => [from, id, undefined],
    'detector.beat view': [undefined],
    'detector.beat commit': [0],
    'detector.beat index': (context) => [end(context)[1], end(context)[1] + 1],
    'replica.prepare entries': [[]],
    'replica.prepare prevIndex': [0],
    'replica.prepare prevTerm': [0],
    'replica.prepare commit': [0],
    'detector.suspected peer': ({ leader }) => [leader ?? 'a', 'c'],
    'membership.left peer': ({ leader }) => [leader ?? 'a', 'c'],
    'membership.left how': ['goodbye'],
  },
  events: (context) => {
    const [lastTerm, lastIndex] = end(context);
    const claim = (from: string, of: number, transfer: boolean) =>
      heard(from, { type: 'election.claim', term: of, transfer, lastTerm, lastIndex });
    return [
      claim(String(context['id']), term(context) + 1, true),
      claim('a', term(context) - 1, true),
      claim('c', term(context) + 1, true),
      claim(String(context['votedFor'] ?? 'a'), term(context), false),
      ...[lastIndex, lastIndex + 1].map((index) =>
        heard('a', {
          ...{ type: 'election.lean', term: term(context), store: 'sa', granted: false },
          ...{ lastTerm, lastIndex: index },
        }),
      ),
      // With the name of one and the store of another.
      heard('c', { ...leans, term: term(context) + 1 }),
      heard('c', { ...votes, term: term(context) }),
      ...[term(context) - 1, term(context) + 1].map((of) =>
        beat(String(context['leader'] ?? 'a'), undefined, of),
      ),
    ];
  },
  openings: [
    [configured, claimed, hear({ type: 'replica.appended', ...{ index: 1, term: 1 }, ...none })],
    [configured, claimed, written, hear(beat('a', 'a'))],
    [configured, wait, lean],
    led,
    [...led, hear(beat('a', 'b'))],
    [...led, renamed('b', 'other'), hear(beat('a', 'b')), wait],
    [...led, renamed('z', 'sb'), hear(beat('a', 'b')), wait],
    [configured, hear(beat('a', 'a')), hear(heard('a', { type: 'election.handover', term: 9 }))],
    [configured, hear(beat('a', 'a')), wait, wait, wait, wait],
    [configured, hear(beat('a', 'a')), wait, wait, wait, wait, ...stands],
    [
      ...[configured, hear(beat('a', 'a'))],
      hear(heard('c', { type: 'election.poll', term: 3, ...log })),
      hear(heard('a', { type: 'election.handover', term: 2 })),
      ...stands.slice(1),
    ],
  ],
};
