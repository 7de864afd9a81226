/** What mutants of the election live, and what that means. */
export const election = {
  generated: {
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
  },
  byHand: {
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
    'No row has a node hear itself: the wire drops what comes back before a machine does.': [
      'isFromLeader: without event.from !== context.id',
      'isOther: is always true',
      'isOther: without event.from !== context.id',
    ],
    'No row has a leader of this term beat with an older one, or another with its name, as duplicates and delays would.':
      [
        "isFromMyLeader: without 'from' in event && event.from === conte… (2)",
        'isFromMyLeader: without event.term === context.term',
        "isFromMyLeader: without 'from' in event && event.from === conte… (3)",
        'isFromMyLeader: without event.from === context.leader',
        'isFromMyLeader: === becomes !==',
        'isFromMyLeader: === becomes !== (2)',
        'hasResigned: without event.leader !== event.from',
        'hasResigned: without event.term === context.term',
        'hasResigned: without event.from === context.leader',
      ],
    'No row has a candidate ask again, or ask in the term of another vote, while the first vote is not on disk.':
      [
        'isEligible: without event.term === context.term && context.…',
        'isRepeated: without event.term === context.term',
      ],
    'No row has a node of the voters answer with the store of another, which only a forged message would.':
      [
        'isGrant: without node === event.from',
        'hasQuorum: without voter.node === id',
        'hasQuorum: without voter.store === store',
      ],
    'Rows look at what is said and at the state: what is only remembered (attempts, who was lost, a refused poll) shows in none.':
      [
        'advance: leader is not assigned',
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
    'Each is heard in other states by a branch of its own, which rows have: this one is for the rest.':
      [
        'contract.changed: timing is not assigned',
        'replica.appended: noteLogEnd is left out',
        'replica.configured: noteVoters is left out',
      ],
    'No row has an answer, a claim or a write come to a node that has long been elsewhere.': [
      'guard: .follower.leaderless is not gone to',
      'election.lean: .follower.leaderless becomes election.follower.voting',
      'election.lean: .follower.leaderless is not gone to',
      'election.lean: advance is left out',
      'election.vote: .follower.leaderless becomes election.leader',
      'election.vote: .follower.leaderless is not gone to',
      'election.vote: advance is left out',
      'election.claim: answerClaim is left out',
      'writing: is asked nothing',
    ],
    'Rows have a leader known by its beats; that its entries tell the same is told by none.': [
      'replica.prepare: is asked nothing',
      'target: .follower.following becomes election.follower.leaderless',
      'guard: .follower.following is not gone to (2)',
      'actions: advance is left out (4)',
      'actions: noteLeader is left out (2)',
      'replica.prepare: is asked nothing (3)',
      'replica.prepare: following is not gone to (2)',
      'replica.prepare: is asked nothing (4)',
    ],
    'Rows let a leader be silent from the first beat on, not from a later one.': [
      'detector.beat: following becomes election.leader',
      'detector.beat: following is not gone to',
      'detector.beat: following is not gone to (2)',
    ],
    'Rows have all of this said by the voters themselves; of others that no vote is counted from, none.':
      [
        'isVoter: is always true',
        'membership.left: is asked nothing',
        'place: leaderless is not gone to',
      ],
    'A leader steps down for what is newer: rows have beats say it, and claims that may be voted for, not the other messages.':
      [
        'election.claim: is asked nothing (5)',
        'actions: is asked nothing (2)',
        'target: follower.leaderless becomes election.follower.following',
        'guard: follower.leaderless is not gone to',
        'actions: stepDown is left out (3)',
        'actions: advance is left out (7)',
        'actions: answerClaim is left out (3)',
        'actions: answerClaim is left out (4)',
        'election.vote: is asked nothing (4)',
        'target: follower.leaderless becomes election.follower.following (2)',
        'guard: follower.leaderless is not gone to (2)',
        'actions: stepDown is left out (4)',
        'actions: advance is left out (8)',
      ],
  },
};
