/** What no test can tell from the machine, whoever wrote it. */
const same = {
  'Does the same: the branch behind it takes the same beat as one from a leader, and notes nothing new.':
    [
      'isFromMyLeader: is always false',
      'isFromMyLeader: without event.leader === event.from',
      'isFromMyLeader: === becomes !== (3)',
    ],
  'Does the same: it is asked together with isOther, which says it too.': [
    'isEligible: without event.from !== context.id',
  ],
  'Does the same: while a vote is being written there is a claim, and of the term; whatever enters another term leaves that state.':
    [
      'isClaimStillGood: without context.claim !== null && context.claim…',
      'isClaimStillGood: without context.claim !== null',
      'isClaimStillGood: without context.claim.term === context.term',
    ],
  'Does the same: whoever stepped down has forgotten its followers already.': [
    'lead: followers is not assigned',
  ],
};

/** What mutants of the election live, and what that means. */
export const election = {
  generated: {
    ...same,
  },
  byHand: {
    ...same,
    'Said by nobody who keeps to the protocol, or by the node itself, and no row has liars: whole nodes hear them in test/simulation/byzantine.test.ts.':
      [
        'isFromLeader: without event.from !== context.id',
        'isFromLeader: without event.term === context.term',
        'isEligible: without event.term === context.term && context.…',
        'isRepeated: without event.term === context.term',
        'isOther: is always true',
        'isOther: without event.from !== context.id',
        'replica.prepare: is asked nothing',
        'replica.prepare: is asked nothing (3)',
        'replica.prepare: is asked nothing (4)',
        'election.vote: is asked nothing (4)',
      ],
    'The time of a follower begins anew, and rows do not wait for when it would have run out.': [
      "isFromMyLeader: without 'from' in event && event.from === conte… (2)",
      'isFromMyLeader: without event.term === context.term',
      "isFromMyLeader: without 'from' in event && event.from === conte… (3)",
      'isFromMyLeader: without event.from === context.leader',
      'isFromMyLeader: === becomes !==',
      'isFromMyLeader: === becomes !== (2)',
      'hasResigned: without event.leader !== event.from',
      'hasResigned: without event.term === context.term',
      'hasResigned: without event.from === context.leader',
      'membership.left: is asked nothing',
      'detector.beat: following is not gone to',
      'detector.beat: following is not gone to (2)',
      'replica.prepare: following is not gone to (2)',
    ],
    'No row asks for the majority of a leader whose own vote makes it.': [
      'hasQuorum: without voter.node === id',
      'hasQuorum: without voter.store === store',
    ],
    'No row has a node that never had a vote wait for a turn to stand.': [
      'isVoter: is always true',
    ],
    'No row looks so far ahead: what is left of a former term, of polls or of attempts shows in the next election only.':
      [
        'advance: claim is not assigned',
        'noteLeader: lost is not assigned',
        'noteLeader: attempt is not assigned',
        'noteLeader: refusedPoll is not assigned',
        'stepDown: leader is not assigned',
        'stepDown: lost is not assigned',
        'stepDown: followers is not assigned',
        'withdrawRefusal: refusedPoll is not assigned',
        'stand: granted is not assigned',
        'claim: isTransfer is not assigned',
        'lead: leader is not assigned',
        'lead: attempt is not assigned',
        'lead: refusedPoll is not assigned',
        'entry: granted is not assigned',
        'storage.written: tryAgain is left out',
      ],
    'Rows say how the log ends before anything else is said: none has it grow in a term that the node does not know.':
      ['replica.appended: noteLogEnd is left out', 'guard: .follower.leaderless is not gone to'],
    'The newer term of an answer comes in rows to who has asked, and that of a leader to who heeds beats: the same in other states is taken for said.':
      [
        'election.lean: .follower.leaderless becomes election.follower.waiting',
        'election.lean: .follower.leaderless is not gone to',
        'election.lean: advance is left out',
        'target: .follower.following becomes election.leader',
        'guard: .follower.following is not gone to (2)',
        'actions: advance is left out (4)',
        'actions: noteLeader is left out (2)',
      ],
    'No row has a claim come again to who has voted for it and follows since.': [
      'election.claim: answerClaim is left out',
    ],
  },
};
