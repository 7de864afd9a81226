/** What no test can tell from the machine, whoever wrote it. */
const same = {
  'Does the same: most beats say nothing new, and are not looked at for speed; the action asks again.':
    [
      'isNews: is always true',
      'isNews: without event.term > term || (event.term === te…',
      'isNews: without event.leader === event.from',
      'isNews: > becomes >=',
      'isNews: without event.term === term',
      'isNews: without event.from !== leader || event.commit >…',
      'isNews: > becomes >= (2)',
      'isNews: > becomes >= (3)',
      'detector.beat: is asked nothing',
    ],
  'Does the same: the state that is gone to instead goes on at once to the one that was meant.': [
    'election.elected: backup is not gone to',
  ],
};

/** What mutants of the replica live, and what that means. */
export const replica = {
  generated: {
    ...same,
    'No row has a part of a snapshot come from the leader with an older term.': [
      'isOfLeader: without event.term === context.term',
    ],
  },
  byHand: {
    ...same,
    'No row has a backup learn of a leader by a beat alone.': [
      'isNews: without event.term > term',
      'isNews: without event.from !== leader',
      'isNews: !== becomes ===',
    ],
    'No row elects the leader of the present term again.': ['isStale: < becomes <='],
    'No row elects a node that catches up.': [
      'election.elected: primary becomes replica.backup (2)',
      'election.elected: primary is not gone to (2)',
      'election.elected: lead is left out (2)',
    ],
    'No row has the leader change while half of a snapshot is there, and looks at what becomes of that half.':
      ['election.elected: follow is left out (2)', 'election.elected: forgetSnapshot is left out'],
    'No row has another elected while a primary has not heard of the next term, nor the same primary once more: the term comes first.':
      [
        'election.elected: is asked nothing (6)',
        'election.elected: is asked nothing (7)',
        'election.elected: lead is left out (3)',
        'election.elected: backup becomes replica.draining.drained',
        'election.elected: backup is not gone to (2)',
        'election.elected: follow is left out (4)',
        'election.elected: draining is not gone to',
      ],
    'No row looks at what a primary that stops keeps of later terms and writes, nor asks it for a snapshot.':
      [
        'election.advanced: advance is left out (3)',
        'storage.written: noteWritten is left out (2)',
        'replica.fetch: serve is left out (2)',
      ],
  },
};
