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
    'Does the same: the state that is gone to instead goes on at once to the one that was meant.': [
      'election.elected: backup is not gone to',
    ],
    'No row has a part of a snapshot come from the leader with an older term.': [
      'isOfLeader: without event.term === context.term',
    ],
  },
};
