/** What the view is tried with: others, doubles of this node, and later lives of it. */
import { contractDigest, discoveryDefault } from '../../../protocol/timing.ts';
import type { Alphabet, Context } from '../alphabet.ts';
import { hear, heard, self, timing, wait } from './place.ts';

const contract = { timing, discovery: discoveryDefault };
const node = {
  ...{ id: 'b', incarnation: 2, outbids: 0, store: 'sb', district: 'd', contract },
  ...{ filed: timing, agreed: null, versions: [1, 1], isObserver: false },
};
const group = ({ group: own }: Context) => [own || 'g', ''];
const digest = contractDigest(contract);
const stay = (value: unknown) => [value];
const announced = (from: string, rest: object = {}) =>
  heard(from, {
    ...{ type: 'membership.announce', district: 'd', host: '127.0.0.1', port: 6000 },
    ...{ store: `s${from}`, phase: 'member', asks: false, versions: [1, 1], contract: digest },
    ...{ term: 1, ...rest },
  });
const opened = hear({ type: 'wire.opened', host: '127.0.0.1', port: 6000 });
/** A member that is settled in its group. */
const here = [opened, wait, wait, hear({ type: 'genesis.formed', group: 'g' }), wait];
/** Somebody says that this life is over: it answers in a while. */
const buried = hear(
  heard('a', {
    ...{ type: 'detector.obituary', peer: 'b', peerIncarnation: 2, reason: 'a reason' },
  }),
);
const crowd = Array.from({ length: 40 }, (_, k) => hear(announced(`n${k}`)));

export const membership: Alphabet = {
  starts: {
    'a node': node,
    'an observer': { ...node, isObserver: true },
    'a node that was outbid': { ...node, outbids: 99 },
  },
  values: {
    incarnation: (_, { from }) => (from === 'b' ? [3, 1] : [1, 2]),
    'membership.announce from': ['a', 'c', 'b'],
    'membership.announce store': (_, { from }) => [from === 'b' ? 'sa' : `s${from}`, 'sz'],
    'membership.announce group': group,
    'membership.announce phase': ['member', 'joining', 'observer'],
    'membership.announce versions': [
      [1, 1],
      [2, 3],
    ],
    'membership.announce contract': [digest, '0123456789abcdef'],
    'membership.announce former': [undefined],
    'membership.announce next': [undefined],
    'membership.announce intersection': [undefined],
    'membership.announce leader': [undefined, 'a'],
    'membership.announce term': [1],
    'membership.challenge store': ['sa', 'sz'],
    'membership.present from': ['b', 'a'],
    'membership.life peer': ['b', 'a'],
    'membership.life announced': [2, 1],
    'membership.life known': [2, 9],
    'membership.contract contract': [contract],
    'membership.compare prints': [Array.from({ length: 16 }, () => 1)],
    'membership.view from': ({ leader }) => [leader ?? 'a', 'c'],
    'membership.view part': Array.from({ length: 16 }, (_, k) => k),
    'membership.view members': [
      [],
      [{ node: 'b', incarnation: 2, store: 'sb', host: 'h', port: 1 }],
    ],
    'detector.beat from': ({ leader }) => [leader ?? 'a', 'c', 'b'],
    'detector.beat view': [undefined, 1],
    'detector.beat leader': [undefined],
    'detector.beat index': [0],
    'detector.beat commit': [0],
    'detector.obituary peer': ['b', 'a'],
    'detector.obituary peerIncarnation': [2, 1],
    'detector.obituary from': ['a'],
    'election.elected leader': ['b', 'a'],
    'election.elected term': [1],
    'lamps.outlived by': [3, 1],
    'holder.outlived by': [3, 1],
    'contract.changed timing': [self.timing, { ...timing, retryMs: 500 }],
    'contract.changed former': [[]],
    'contract.changed next': [undefined],
    'contract.changed changes': [[]],
    'genesis.formed voters': stay(undefined),
  },
  events: [announced('b', { store: 'sz', phase: 'joining' })],
  openings: [
    [opened, hear({ type: 'lamps.outlived', by: 3 }), wait, wait],
    [opened, ...crowd.slice(0, 34)],
    [...here, hear(announced('a'))],
    [...here, hear(announced('a')), hear({ type: 'election.elected', leader: 'a', term: 1 })],
    [
      ...here,
      hear(announced('a')),
      hear({ type: 'election.elected', leader: 'a', term: 1 }),
      buried,
    ],
    [...here, ...crowd],
    [...here, hear({ type: 'lamps.outlived', by: 3 })],
  ],
};
