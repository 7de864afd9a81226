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
};
