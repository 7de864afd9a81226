/** What is done to the network at one instant, as the journal tells. */

/** What is done to the network, where somebody does. */
export interface NetworkPicture {
  /** Directions that are cut: FROM and TO. */
  readonly cuts: readonly (readonly [string, string])[];
  /** Directions that are slow: FROM, TO, and by how many milliseconds. */
  readonly slow: readonly (readonly [string, string, number])[];
  /** Only nodes of one side reach each other; who is not named is on one more side. */
  readonly sides: readonly (readonly string[])[];
  /** Part of all datagrams that is lost, 0 to 1. */
  readonly lossRatio: number;
  readonly latencyMsMax: number | undefined;
}

export const quietNetwork: NetworkPicture = {
  cuts: [],
  slow: [],
  sides: [],
  lossRatio: 0,
  latencyMsMax: undefined,
};

/** Whether two nodes can talk both ways, as far as faults that somebody made are concerned. */
export const isCut = ({ cuts, sides }: NetworkPicture, a: string, b: string): boolean => {
  const sideOf = (node: string) => sides.findIndex((side) => side.includes(node));
  if (sides.length > 0 && sideOf(a) !== sideOf(b)) return true;
  return cuts.some(([from, to]) => (from === a && to === b) || (from === b && to === a));
};
