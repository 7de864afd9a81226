/**
 * Watches the sensors of an intersection themselves, by the diagnostics of vehicle detectors in NTCIP
 * 1202 (`vehicleDetectorNoActivity`, `…MaxPresence`, `…ErraticCounts`), and takes out what a failed
 * one says. Who comes there is then not known: the groups of its lanes are on recall (`recall.ts`).
 * Pure neighbour of `arrivals.ts`.
 *
 * No time after which a silent sensor has failed fits a main street and a lane that ten drivers use
 * in an hour. So each is held to what it did before: it has failed when it is silent for five times
 * its longest pause, once twenty were seen. (Did all come independently, one of 60 million pauses
 * would be so long: the longest of twenty is 3.6 times the mean.) Averages would not do: within a
 * platoon pauses are short, and between two platoons long.
 */
import { isLit, type Lamps } from '../protocol/lamp.ts';
import type { LaneReading, LoopReading, Read, Reading, SensorFault } from '../protocol/readings.ts';
import { COVERED } from './lane-loops.ts';

/** What is known of one sensor. Times in seconds. */
export interface SensorKnowledge {
  readonly sensor: string;
  /** The lanes that nothing is known of while it has failed. */
  readonly lanes: readonly string[];
  readonly groups: readonly string[];
  readonly fault: SensorFault | null;
  /** For how long nobody has been there, and the longest that this was, slowly forgotten. */
  readonly idleS: number;
  readonly longestIdleS: number;
  readonly pauses: number;
  /** For how long it has been covered without a break, and how much of that was at green. */
  readonly coveredS: number;
  readonly coveredLitS: number;
  /** For how long it has not been covered. */
  readonly clearS: number;
  /** How often it said of late what cannot be. */
  readonly absurd: number;
}

/** A pause so long, at the least, is none of traffic; and so many times the longest of so many. */
const IDLE_S_MIN = 300;
const IDLE_TIMES = 5;
const PAUSES_MIN = 20;
/** What is left of the longest pause after another one. */
const KEPT = 0.995;
/** So long a queue stands nowhere, of it so long at green. In seconds. */
const COVERED_S_MAX = 300;
const COVERED_LIT_S_MAX = 60;
/** So long it must be uncovered to be believed again. In seconds. */
const CLEAR_S = 10;
/** So many absurd words make it erratic, each forgotten after so long. In seconds. */
const ABSURD_MAX = 3;
const ABSURD_S = 60;
/** No lane lets more vehicles pass in a second, nor has one vehicle in less room (two motorcycles side
 *  by side). In metres. */
const PASSED_PER_S_MAX = 1.5;
const CAR_M_MIN = 1.5;
/** By so many a count may be off, because not all is counted at one instant. */
const COUNT_SLACK = 2;
/** 288 km/h. In m/s. */
const SPEED_MPS_MAX = 80;
/** More than these are not watched. */
const SENSORS_MAX = 500;

/** What a sensor said in one step. */
interface Word {
  readonly sensor: string;
  readonly lanes: readonly string[];
  readonly groups: readonly string[];
  readonly isActive: boolean;
  readonly isCovered: boolean;
  readonly isAbsurd: boolean;
}

/** What its sensors say of an intersection, by those that can be believed. */
export interface Sound {
  readonly sensors: readonly SensorKnowledge[];
  readonly read: Read;
  /** Groups that have a lane of which nothing is known. */
  readonly recalled: readonly string[];
  /** Those of which it is to be told: they have failed, or are sound again. */
  readonly changed: readonly SensorKnowledge[];
}

export const soundOf = (before: readonly SensorKnowledge[], read: Read, lamps: Lamps): Sound => {
  const known = new Map(before.map((one) => [one.sensor, one]));
  const words = new Map(wordsOf(read).map((word) => [word.sensor, word]));
  const step = { lamps, stepS: read.stepS };
  const sensors = before.map((was) => after(was, words.get(was.sensor) ?? silenceOf(was), step));
  const strangers = [...words.values()].filter(({ sensor }) => !known.has(sensor));
  if (strangers.length > 0) {
    sensors.push(...strangers.map((word) => after(fresh, word, step)));
    sensors.sort((a, b) => (a.sensor < b.sensor ? -1 : 1));
    sensors.splice(SENSORS_MAX);
  }
  // What cannot be is not heeded the first time either.
  const isLeftOut = ({ sensor, fault }: SensorKnowledge) =>
    fault !== null || words.get(sensor)?.isAbsurd === true;
  const leftOut = sensors.filter(isLeftOut);
  const blind = leftOut.filter(({ lanes }) => lanes.length > 0);
  return {
    sensors,
    read: leftOut.length === 0 ? read : without(read, leftOut),
    recalled: [...new Set(blind.flatMap(({ groups }) => groups))],
    changed: sensors.filter(({ sensor, fault }) => fault !== (known.get(sensor)?.fault ?? null)),
  };
};

type Named = Pick<Word, 'sensor' | 'lanes' | 'groups'>;
const silenceOf = ({ sensor, lanes, groups }: Named): Word => {
  return { sensor, lanes, groups, isActive: false, isCovered: false, isAbsurd: false };
};
const fresh = {
  ...{ fault: null, idleS: 0, longestIdleS: 0, pauses: 0 },
  ...{ coveredS: 0, coveredLitS: 0, clearS: 0, absurd: 0 },
};

const wordsOf = ({ sensing, stepS, readings }: Read): Word[] => {
  if (sensing === 'vehicles') return vehicleWords(readings);
  return readings.flatMap((one) => {
    if (one.kind === 'loop') return [loopWord(one, stepS)];
    return one.kind === 'lane' ? [laneWord(one)] : [];
  });
};

/** An advance loop that fails leaves the stop line, by which the lane can be run. */
const loopWord = (reading: LoopReading, stepS: number): Word => {
  const { loop, place, lanes, groups, passed, occupancy } = reading;
  return {
    sensor: loop,
    lanes: place === 'stopLine' ? lanes : [],
    groups,
    isActive: passed > 0 || occupancy > 0,
    isCovered: occupancy >= COVERED && passed === 0,
    isAbsurd: passed > PASSED_PER_S_MAX * stepS * lanes.length + COUNT_SLACK,
  };
};

const laneWord = ({ nearM, farM, lanes, groups, vehicles, queue }: LaneReading): Word => ({
  sensor: `${lanes.join(' ')} ${nearM}`,
  lanes,
  groups,
  isActive: vehicles > 0,
  // A queue that stands is no fault: who counts wrongly counts too many, or none.
  isCovered: false,
  isAbsurd:
    queue > vehicles + COUNT_SLACK ||
    vehicles > ((farM - nearM) / CAR_M_MIN) * lanes.length + COUNT_SLACK,
});

/** What sees vehicles one by one is taken for a sensor at each lane. */
const vehicleWords = (readings: readonly Reading[]): Word[] => {
  const words = new Map<string, { groups: Set<string>; isAbsurd: boolean }>();
  for (const reading of readings) {
    if (reading.kind !== 'vehicle' || reading.place !== 'approach') continue;
    const { lane, group, speedMps } = reading;
    const word = words.get(lane) ?? { groups: new Set(), isAbsurd: false };
    word.groups.add(group);
    if (speedMps > SPEED_MPS_MAX) word.isAbsurd = true;
    words.set(lane, word);
  }
  return [...words].map(([lane, { groups, isAbsurd }]) => {
    const [sensor, lanes] = [lane, [lane]];
    return { sensor, lanes, groups: [...groups], isActive: true, isCovered: false, isAbsurd };
  });
};

/** All groups that were ever named; the same array when none is new. */
const joined = (known: readonly string[], more: readonly string[]): readonly string[] =>
  more.every((group) => known.includes(group)) ? known : [...new Set([...known, ...more])].sort();

const after = (
  was: typeof fresh | SensorKnowledge,
  word: Word,
  { lamps, stepS }: { lamps: Lamps; stepS: number },
): SensorKnowledge => {
  const { sensor, lanes, isActive, isCovered, isAbsurd } = word;
  const known = 'groups' in was ? was.groups : [];
  const groups = joined(known, word.groups);
  const isGreen = groups.some((group) => isLit(lamps[group] ?? 'red'));
  const isPauseOver = isActive && was.idleS > 0 && was.fault === null;
  const pauses = was.pauses + (isPauseOver ? 1 : 0);
  const now = {
    sensor,
    lanes,
    groups,
    fault: null,
    idleS: isActive ? 0 : was.idleS + stepS,
    longestIdleS: isPauseOver ? Math.max(was.longestIdleS * KEPT, was.idleS) : was.longestIdleS,
    pauses: Math.min(pauses, PAUSES_MIN),
    coveredS: isCovered ? was.coveredS + stepS : 0,
    coveredLitS: isCovered ? was.coveredLitS + (isGreen ? stepS : 0) : 0,
    clearS: isCovered ? 0 : Math.min(CLEAR_S, was.clearS + stepS),
    absurd: Math.min(ABSURD_MAX + 1, Math.max(0, was.absurd + (isAbsurd ? 1 : -stepS / ABSURD_S))),
  };
  const fault = faultOf(was.fault, now);
  return fault === null ? now : { ...now, fault };
};

const faultOf = (
  was: SensorFault | null,
  now: Omit<SensorKnowledge, 'fault'>,
): SensorFault | null => {
  const { idleS, longestIdleS, pauses, coveredS, coveredLitS, clearS, absurd } = now;
  if (absurd >= ABSURD_MAX || (was === 'erraticCounts' && absurd > 0)) return 'erraticCounts';
  const isLong = coveredS >= COVERED_S_MAX && coveredLitS >= COVERED_LIT_S_MAX;
  if (isLong || (was === 'maxPresence' && clearS < CLEAR_S)) return 'maxPresence';
  const idleMax = Math.max(IDLE_S_MIN, IDLE_TIMES * longestIdleS);
  return pauses >= PAUSES_MIN && idleS > idleMax ? 'noActivity' : null;
};

const without = (read: Read, leftOut: readonly SensorKnowledge[]): Read => {
  const silenced = new Set(leftOut.map(({ sensor }) => sensor));
  const blind = new Set(leftOut.flatMap(({ lanes }) => lanes));
  const readings = read.readings.flatMap((one): Reading[] => {
    if (one.kind === 'vehicle') return one.place === 'approach' && blind.has(one.lane) ? [] : [one];
    if (one.kind === 'loop' && silenced.has(one.loop)) return [];
    const lanes = one.lanes.filter((lane) => !blind.has(lane));
    return lanes.length > 0 ? [{ ...one, lanes }] : [];
  });
  return { ...read, readings };
};
