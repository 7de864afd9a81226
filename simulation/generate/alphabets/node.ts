/** What the supervisor is tried with: the failure of a part, its own word, and the end. */
import { discoveryDefault, lan } from '../../../protocol/timing.ts';
import type { Alphabet } from '../alphabet.ts';
import { own, timing } from './place.ts';

export const node: Alphabet = {
  starts: {
    'a node': {
      ...{ id: 'b', incarnation: 1, outbids: 0, store: 'sb', district: 'd' },
      contract: { timing: lan(), discovery: discoveryDefault },
      ...{ filed: timing, versions: [1, 1], expect: 3, isObserver: false },
      ...{ intersection: own, links: [], filedPlans: [] },
      stored: {
        ...{ group: null, ballot: null, settled: null, contract: null },
        vote: { term: 0, votedFor: null },
        log: { base: null, first: 1, entries: [] },
      },
    },
  },
  leaves: ['node.failed', 'node.stop'],
  events: [
    { type: 'node.failed', reason: 'a reason' },
    { type: 'node.stop' },
    { type: 'xstate.error.actor.wire', error: 'a reason' },
  ],
};
