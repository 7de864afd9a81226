/** What a change of the contract is tried with: each step of it, from others and from here. */
import { contractDigest, discoveryDefault } from '../../../protocol/timing.ts';
import type { Alphabet } from '../alphabet.ts';
import { committed, member, restored, self, timing } from './place.ts';

const to = { ...timing, retryMs: 500 };
const next = contractDigest({ timing: to, discovery: discoveryDefault });
const members = ['a', 'b'].map((node) => member(node));

export const contract: Alphabet = {
  starts: {
    'a node': { ...self, filed: timing, isObserver: false, agreed: null },
    'an observer': { ...self, filed: timing, isObserver: true, agreed: null },
  },
  leaves: ['replica.committed', 'replica.restored'],
  values: {
    'election.elected leader': ['b', 'a'],
    'storage.written ticket': ({ ticket }) => [ticket, 0],
    'membership.left how': ['goodbye'],
    peer: ['a'],
  },
  events: [
    restored({ members }),
    restored({ members, contract: { timing: to, former: [timing] } as never }),
    committed({ kind: 'contract.prepare', from: timing, to }, 1),
    committed({ kind: 'contract.ready', next, node: 'a', store: 'sa' }, 2),
    committed({ kind: 'contract.ready', next, node: 'b', store: 'sb' }, 3),
    committed({ kind: 'contract.switch', next, absent: [] }, 4),
    committed({ kind: 'contract.withdraw', next }, 5),
  ],
};
