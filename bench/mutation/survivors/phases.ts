/** What mutants of the stage controller live, and what that means. */
export const phases = {
  generated: {},
  byHand: {},
};
