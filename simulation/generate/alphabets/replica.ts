/** What replication is tried with: entries at and around the ends of its log, and answers to them. */
import type { Alphabet, Context } from '../alphabet.ts';
import type { Fields } from '../examples.ts';
import type { Said } from '../moment.ts';
import { admit, hear, heard, self, state, voters, wait } from './place.ts';

const entry = (term: number) => ({ term, command: { kind: 'term.open', leader: 'a' } });
interface Log {
  readonly offset: number;
  readonly offsetTerm: number;
  readonly entries: readonly { readonly term: number }[];
}
const log = (context: Context) => context['log'] as Log;
const lastOf = (context: Context): number => log(context).offset + log(context).entries.length;
const lastTermOf = (context: Context): number =>
  log(context).entries.at(-1)?.term ?? log(context).offsetTerm;
const number = (context: Context, key: string): number => Number(context[key]);
const atEnd = (context: Context): number[] => {
  const last = lastOf(context);
  return last > 0 ? [last, last + 1, last - 1] : [last, last + 1];
};

const formed = hear({ type: 'genesis.formed', group: 'g', voters });
const elected = (leader: string, term: number) => hear({ type: 'election.elected', leader, term });
const request: Said = {
  ...{ type: 'replica.request', owner: 'x', ticket: 1 },
  command: admit('z'),
};
const text = JSON.stringify(state);

export const replica: Alphabet = {
  starts: {
    'a node': { ...self, stored: { base: null, first: 1, entries: [] } },
    'a node that comes back': {
      ...self,
      stored: { base: { index: 0, term: 0, state }, first: 1, entries: [] },
    },
  },
  leaves: ['replica.request', 'replica.chunk', 'replica.answer'],
  values: {
    'genesis.formed voters': [voters, undefined],
    'election.elected leader': ['b', 'a'],
    'election.elected term': (context) => [
      number(context, 'term') + 1,
      number(context, 'term'),
      number(context, 'term') - 1,
    ],
    'election.advanced term': (context) => [number(context, 'term') + 1, number(context, 'term')],
    'replica.prepare prevIndex': atEnd,
    'replica.prepare prevTerm': (context) => [lastTermOf(context), lastTermOf(context) + 1],
    'replica.prepare entries': (context) => [
      [entry(number(context, 'term'))],
      [],
      [entry(number(context, 'term')), entry(number(context, 'term'))],
    ],
    'replica.prepare commit': (context) => [lastOf(context), lastOf(context) + 1, 0],
    'replica.ack index': atEnd,
    'replica.nack index': (context) => [0, lastOf(context)],
    'replica.fetch index': (context) => [0, lastOf(context)],
    'replica.fetch offset': [0, 5],
    'replica.propose command': [
      { kind: 'preempt.clear', id: 'k' },
      { kind: 'district.dismiss', node: 'z' },
    ],
    'detector.beat leader': (_: Context, { from }: Fields) => [from, undefined],
    'detector.beat index': atEnd,
    'detector.beat commit': (context) => [lastOf(context), 0],
    'detector.beat view': [undefined],
    'storage.written ticket': (context) => [number(context, 'ticket'), 0],
  },
  events: (context) => [
    request,
    ...[
      { index: lastOf(context) + 1, offset: 0, data: text },
      { index: lastOf(context) + 1, offset: 0, data: text.slice(0, 20) },
      { index: lastOf(context) + 1, offset: 20, data: text.slice(20) },
      { index: 0, offset: 0, data: text },
    ].map((part) =>
      heard('a', {
        ...{ type: 'replica.chunk', term: number(context, 'term'), indexTerm: 1 },
        ...{ ...part, total: text.length },
      }),
    ),
    ...[1, 2].map((ticket) =>
      heard('a', { type: 'replica.answer', ticket, index: 3, problems: [], transient: false }),
    ),
  ],
  openings: [
    [formed, elected('b', 1)],
    // More is appended than is on its way to the disk.
    [formed, elected('b', 1), hear(request), hear(request), hear(request)],
    [formed, elected('a', 1)],
    [formed, elected('a', 1), hear(request)],
    [hear({ type: 'genesis.formed', group: 'g' }), elected('a', 1), wait],
    [formed, elected('b', 1), hear({ type: 'node.stopping' })],
    [
      formed,
      elected('b', 1),
      hear({ type: 'storage.written', owner: 'replica', ticket: 1 }),
      hear(heard('a', { type: 'replica.ack', term: 1, store: 'sa', index: 1 })),
    ],
  ],
};
