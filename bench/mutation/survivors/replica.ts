/** What mutants of the replica live, and what that means. */
export const replica = {
  generated: {
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
    'Does the same: to enter draining is to enter its first state.': [
      'election.elected: draining becomes replica.draining.waiting',
    ],
  },
  byHand: {
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
    'Does the same: to enter draining is to enter its first state.': [
      'election.elected: draining becomes replica.draining.waiting',
    ],
    'No row has a beat that is newer in one thing alone.': [
      'isNews: without event.term > term',
      'isNews: without event.from !== leader',
      'isNews: !== becomes ===',
    ],
    'No row has the disk answer another owner, or a leader that drains.': [
      'isWritten: is always true',
      "isWritten: without event.owner === 'replica'",
      'storage.written: is asked nothing',
      'storage.written: is asked nothing (2)',
      'storage.written: is asked nothing (3)',
      'storage.written: noteWritten is left out (2)',
    ],
    'Rows ask once: what is remembered of a question, until its answer comes, shows in none.': [
      'next: ticket is not assigned',
      'next: asked is not assigned',
      'next: ...replica is not assigned (2)',
      'next: asked is not assigned (2)',
      'replica.answer: passAnswerOn is left out',
      'replica.request: forward is left out (2)',
    ],
    'No row has a second leader elected while a node catches up, or while it leads or drains.': [
      'isStale: < becomes <=',
      'election.elected: primary becomes replica.draining.drained (2)',
      'election.elected: primary is not gone to (2)',
      'election.elected: lead is left out (2)',
      'election.elected: follow is left out (2)',
      'election.elected: is asked nothing (6)',
      'election.elected: is asked nothing (7)',
      'election.elected: lead is left out (3)',
      'election.elected: backup becomes replica.alone',
      'election.elected: backup is not gone to (2)',
      'election.elected: follow is left out (4)',
    ],
    'No row has a part of a snapshot come that is older than the log.': [
      'isBehindLog: is always true',
      'isBehindLog: without event.index > context.commit',
      'isBehindLog: > becomes >=',
      'replica.chunk: is asked nothing',
    ],
    'No row changes the contract: the tests of the contract do.': [
      'contract.changed: timing is not assigned',
    ],
    'A primary that drains answers as any does: rows have the others.': [
      'replica.nack: is asked nothing',
      'election.advanced: advance is left out (3)',
      'replica.ack: is asked nothing (2)',
      'replica.nack: is asked nothing (2)',
      'replica.fetch: serve is left out (2)',
    ],
  },
};
