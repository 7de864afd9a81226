/** How long the ways across junctions are. A turn that may wait inside is cut into several lanes. */
import type { SumoConnection, SumoNetwork } from './sumo-network.ts';

/** Lanes inside a junction, one behind the other. */
const PARTS_MAX = 4;

/** Gives the length of a connection inside its junction, in metres. */
export const insideLengths = ({
  edges,
  connections,
}: SumoNetwork): ((connection: SumoConnection) => number) => {
  const lengths = new Map<string, number>();
  for (const { lanes } of edges.values())
    for (const lane of lanes) lengths.set(lane.id, lane.lengthM);
  const onward = new Map<string, string | undefined>();
  for (const { from, fromLane, via } of connections) {
    const edge = edges.get(from);
    if (edge?.use === 'internal') onward.set(edge.lanes[fromLane]?.id ?? '', via);
  }
  return ({ via }) => {
    let lengthM = 0;
    let lane = via;
    for (let part = 0; lane !== undefined && part < PARTS_MAX; part++) {
      lengthM += lengths.get(lane) ?? 0;
      lane = onward.get(lane);
    }
    return lengthM;
  };
};
