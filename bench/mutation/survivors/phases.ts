/** What mutants of the stage controller live, and what that means. */
export const phases = {
  generated: {
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
  },
};
