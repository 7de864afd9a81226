/**
 * The detectors of a scenario: where they lie, and the additional file that puts them there. They
 * are made for every scenario alike, whatever detectors it has, because results compare only where
 * all see the same; a detector in SUMO disturbs no one.
 */
import type { ApproachLane } from './sumo-approach.ts';

export interface LoopSite {
  readonly id: string;
  readonly intersection: string;
  readonly place: 'stopLine' | 'advance';
  /** The lane it lies in, and where, from that lane’s start. */
  readonly lane: string;
  readonly positionM: number;
  readonly distanceM: number;
  /** The lanes at the stop line that its vehicles come to, and their groups. */
  readonly lanes: string[];
  readonly groups: string[];
}

/** A stretch of one lane that is watched as a whole: SUMO 1.15 fails over one of several lanes. */
export interface AreaSite {
  readonly id: string;
  readonly intersection: string;
  readonly lane: string;
  /** Where it ends, from its lane’s end, and how long it is. */
  readonly lengthM: number;
  readonly nearM: number;
  readonly farM: number;
  readonly lanes: string[];
  readonly groups: string[];
}

/** Under the first vehicle that waits. */
const STOP_LINE_M = 2;
/**
 * How long a vehicle drives from the advance loop to the stop line: who passes it when amber begins
 * can still stop (the indecision zone begins 5.5 s ahead; Signal Timing Manual, 2nd ed., ch. 4).
 */
const ADVANCE_S = 5;
/** Closer to the end of a lane SUMO 1.15 fails; who waits stands farther back. */
const AREA_END_M = 0.5;
/** Nothing lies nearer to a lane’s start. */
const START_M = 0.1;

/** A loop at each stop line, and one upstream of it; lanes that come of one share that. */
export const loopSites = (lanes: readonly ApproachLane[]): LoopSite[] => {
  const sites = new Map<string, LoopSite>();
  const add = (approach: ApproachLane, place: LoopSite['place'], distanceM: number) => {
    const { intersection, id: lane, groups, stretches } = approach;
    const within = stretches.find(({ lane, endM }) => distanceM <= endM + lane.lengthM - START_M);
    const stretch = within ?? stretches.at(-1);
    if (!stretch) return;
    const aheadM = Math.max(0, distanceM - stretch.endM);
    const positionM = rounded(Math.max(START_M, stretch.lane.lengthM - aheadM));
    const id = `greenwave~${place}~${intersection}~${stretch.lane.id}`;
    const known = sites.get(id);
    if (known) {
      join(known, lane, groups);
      return;
    }
    sites.set(id, {
      id,
      intersection,
      place,
      lane: stretch.lane.id,
      positionM,
      distanceM: rounded(stretch.endM + stretch.lane.lengthM - positionM),
      lanes: [lane],
      groups: [...groups],
    });
  };
  for (const approach of lanes) {
    add(approach, 'stopLine', STOP_LINE_M);
    add(approach, 'advance', ADVANCE_S * approach.speedMps);
  }
  return [...sites.values()];
};

/** The stretches of each way upstream; one that several lanes come of is there once. */
export const areaSites = (lanes: readonly ApproachLane[]): AreaSite[] => {
  const sites = new Map<string, AreaSite>();
  for (const { intersection, id: lane, groups, stretches, reachM } of lanes) {
    for (const { lane: part, endM } of stretches) {
      const id = `greenwave~lane~${intersection}~${part.id}`;
      const known = sites.get(id);
      const lengthM = rounded(Math.min(part.lengthM, reachM - endM));
      if (known) join(known, lane, groups);
      else if (lengthM > AREA_END_M) {
        const reach = { lengthM, nearM: rounded(endM), farM: rounded(endM + lengthM) };
        const serves = { lanes: [lane], groups: [...groups] };
        sites.set(id, { id, intersection, lane: part.id, ...reach, ...serves });
      }
    }
  }
  return [...sites.values()];
};

const join = (
  site: Pick<AreaSite, 'lanes' | 'groups'>,
  lane: string,
  groups: readonly string[],
) => {
  site.lanes.push(lane);
  site.groups.push(...groups.filter((group) => !site.groups.includes(group)));
};

/** Longer than any run: these detectors write nothing. */
const OUTPUT = 'period="1000000" file="NUL"';

/** The text of an additional file with these detectors. */
export const detectorsFile = (loops: readonly LoopSite[], areas: readonly AreaSite[]): string => {
  const lines = [
    ...loops.map(
      ({ id, lane, positionM }) =>
        `<inductionLoop id="${xml(id)}" lane="${xml(lane)}" pos="${positionM}" friendlyPos="true" ${OUTPUT}/>`,
    ),
    ...areas.map(
      ({ id, lane, lengthM }) =>
        `<laneAreaDetector id="${xml(id)}" lane="${xml(lane)}" endPos="-${AREA_END_M}" length="${rounded(lengthM - AREA_END_M)}" friendlyPos="true" ${OUTPUT}/>`,
    ),
  ];
  return `<additional>\n${lines.map((line) => `  ${line}\n`).join('')}</additional>\n`;
};

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const rounded = (metres: number): number => Math.round(metres * 100) / 100;
