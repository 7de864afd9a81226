/** What no test can tell from the machine, whoever wrote it. */
const same = {
  'Does the same: without an intersection, or without a stage to come, this state is not entered; the question is for the compiler.':
    [
      'isShared: without intersection !== null',
      'isElsewhereAfterAll: without !next',
      'isElsewhereAfterAll: without !call',
      'isSensing: without !situation',
      'isTurnable: without !context.next',
      'isTurnable: without !situation',
      'isFavour: without !situation',
    ],
  'Does the same: the state that is gone to instead goes on at once to the one that was meant.': [
    'lamps.ready: startUp becomes phases.startUp.waiting',
    'always: decided becomes phases.green.sensing',
    'always: undecided is not gone to',
    'clock.due: held becomes phases.green.switching',
    'always: decided becomes phases.green.undecided',
  ],
  'Does the same: the action asks again.': ['arrivals.expected: is asked nothing (3)'],
  'Does the same: whether a green is shown is read from the lamps alone.': [
    'takeShown: ...context is not assigned',
  ],
};

/** What mutants of the stage controller live, and what that means. */
export const phases = {
  generated: {
    ...same,
  },
  byHand: {
    ...same,
    'Rows look at what is said, not at a state in which nothing is said.': [
      'isUnserved: is always false',
      'lamps.ready: awaitingRightOfWay is not gone to',
    ],
    'In no row the alarm of another concern comes just when it would be taken for ours.': [
      'isCall: is always true',
      "isCall: without event.id === 'phases:call'",
      'clock.due: is asked nothing',
      'on: is asked nothing (2)',
      'on: is asked nothing (3)',
      'clock.due: is asked nothing (6)',
    ],
    'No row calls in the moment between a decision and the amber that it begins with.': [
      'isHereAfterAll: is always false',
      'isHereAfterAll: without event.at + AT_ONCE_MS <= (context.now?.…',
      'always: held is not gone to (3)',
      'always: is asked nothing (9)',
      'always: decided becomes phases.startUp.waiting',
      'always: decided is not gone to (3)',
      'always: decided is not gone to (4)',
      'always: held is not gone to (4)',
      'always: decided is not gone to (5)',
    ],
    'What somebody calls for is decided by the next word of the sensors as well, within a second.':
      ['isSensing: without urgentCall(context.calls, event.at)', 'always: held is not gone to (2)'],
    'Who asks again finds the same: the action looks for itself whether there is anything to be done.':
      [
        'mustWait: is always true',
        'mustWait: without waitInside(context, event, event.at) !=…',
        'always: is asked nothing (3)',
        'always: is asked nothing (13)',
        'always: is asked nothing (14)',
        'arrivals.expected: is asked nothing (4)',
      ],
    'The next word of the sensors says it anew, within a second.': [
      'arrivals.lost: takeExpected is left out',
      'arrivals.expected: takeExpected is left out (2)',
      'arrivals.expected: takeExpected is left out (3)',
      'arrivals.expected: undecided is not gone to',
      'arrivals.expected: takeExpected is left out (5)',
      'arrivals.lost: undecided is not gone to',
      'arrivals.expected: takeExpected is left out (6)',
      'arrivals.expected: takeExpected is left out (7)',
      'arrivals.expected: takeExpected is left out (8)',
      'arrivals.expected: takeExpected is left out (9)',
    ],
    'The end of a green that is held is decided, and taken back at once: nothing of that shows.': [
      'clock.due: is always false',
      'clock.due: === becomes !==',
    ],
    'No row calls while all is red.': [
      'always: amber is not gone to',
      'always: turn is left out (2)',
    ],
    'No row looks so far ahead: what is left over is overwritten by the next decision.': [
      'heedCalls: calls is not assigned',
      'takeShown: shown is not assigned (2)',
      'start: now is not assigned',
      'hold: next is not assigned',
      'turn: now is not assigned',
      'walks: calls is not assigned',
    ],
  },
};
