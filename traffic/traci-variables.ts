/**
 * What can be asked of SUMO, as one table: domains of things, and their variables with code and
 * type (https://sumo.dlr.de/docs/TraCI.html). The type of an answer follows from it, and an answer
 * of another type is an error where it is read, not where it is used.
 *
 * All codes of a domain follow from its number in the protocol: 0xa0 asks, 0xb0 answers, 0xc0 sets,
 * 0xd0 subscribes, 0xe0 answers that; 0x80 and 0x90 subscribe to what is around a thing.
 */
import {
  controlledLinks,
  double,
  integer,
  lightPrograms,
  loopVehicles,
  position,
  signalsAhead,
  text,
  texts,
  type ValueType,
  type WritableType,
} from './traci-types.ts';

export interface Variable<T> {
  readonly code: number;
  readonly type: ValueType<T>;
}

/** Something that is set and not asked for by that code. */
export interface Setting<T> {
  readonly code: number;
  readonly type: WritableType<T>;
}

export type Variables = Readonly<Record<string, Variable<unknown>>>;

/** The values of these variables. */
export type ValuesOf<V extends Variables, K extends keyof V = keyof V> = {
  readonly [N in K]: V[N] extends Variable<infer T> ? T : never;
};

export interface Domain<V extends Variables = Variables> {
  readonly name: string;
  readonly number: number;
  readonly variables: V;
  readonly byCode: ReadonlyMap<
    number,
    { readonly name: string; readonly type: ValueType<unknown> }
  >;
}

const variable = <T>(code: number, type: ValueType<T>): Variable<T> => ({ code, type });
const setting = <T>(code: number, type: WritableType<T>): Setting<T> => ({ code, type });

const domain = <V extends Variables>(name: string, number: number, variables: V): Domain<V> => ({
  name,
  number,
  variables,
  byCode: new Map(
    Object.entries(variables).map(([key, { code, type }]) => [code, { name: key, type }]),
  ),
});

export const inductionLoop = domain('induction loop', 0x0, {
  ids: variable(0x00, texts),
  vehicles: variable(0x10, integer),
  meanSpeedMps: variable(0x11, double),
  vehicleIds: variable(0x12, texts),
  /** Percent of the last step. */
  occupancyPercent: variable(0x13, double),
  /** Since the last vehicle left; 0 while one is there. */
  sinceDetectionS: variable(0x16, double),
  vehicleData: variable(0x17, loopVehicles),
  positionM: variable(0x42, double),
  lane: variable(0x51, text),
});

export const trafficLight = domain('traffic light', 0x2, {
  ids: variable(0x00, texts),
  state: variable(0x20, text),
  phaseDurationS: variable(0x24, double),
  controlledLanes: variable(0x26, texts),
  controlledLinks: variable(0x27, controlledLinks),
  phase: variable(0x28, integer),
  program: variable(0x29, text),
  programs: variable(0x2b, lightPrograms),
  nextSwitchS: variable(0x2d, double),
});

/** What can be set of a traffic light. */
export const trafficLightSettings = {
  /** All links at once, until another program is set. */
  state: setting(0x20, text),
  phase: setting(0x22, integer),
  program: setting(0x23, text),
  phaseDurationS: setting(0x24, double),
};

export const lane = domain('lane', 0x3, {
  ids: variable(0x00, texts),
  vehicles: variable(0x10, integer),
  meanSpeedMps: variable(0x11, double),
  vehicleIds: variable(0x12, texts),
  occupancyPercent: variable(0x13, double),
  halting: variable(0x14, integer),
  maxSpeedMps: variable(0x41, double),
  lengthM: variable(0x44, double),
  edge: variable(0x51, text),
  waitingS: variable(0x7a, double),
});

export const vehicle = domain('vehicle', 0x4, {
  ids: variable(0x00, texts),
  speedMps: variable(0x40, double),
  position: variable(0x42, position),
  lengthM: variable(0x44, double),
  class: variable(0x49, text),
  type: variable(0x4f, text),
  edge: variable(0x50, text),
  lane: variable(0x51, text),
  laneIndex: variable(0x52, integer),
  lanePositionM: variable(0x56, double),
  co2MgPerS: variable(0x60, double),
  signalsAhead: variable(0x70, signalsAhead),
  waitingS: variable(0x7a, double),
  drivenM: variable(0x84, double),
  accumulatedWaitingS: variable(0x87, double),
  timeLossS: variable(0x8c, double),
});

export const junction = domain('junction', 0x9, {
  ids: variable(0x00, texts),
  position: variable(0x42, position),
});

/** The simulation itself; its id is empty. Lists are of the last step. */
export const simulation = domain('simulation', 0xb, {
  timeS: variable(0x66, double),
  loaded: variable(0x72, texts),
  departed: variable(0x74, texts),
  teleportStarted: variable(0x76, texts),
  teleportEnded: variable(0x78, texts),
  arrived: variable(0x7a, texts),
  stepS: variable(0x7b, double),
  /** Vehicles that drive or are still to come. */
  expected: variable(0x7d, integer),
  colliding: variable(0x81, texts),
  emergencyStopping: variable(0x8a, texts),
});

export const laneArea = domain('lane area detector', 0xd, {
  ids: variable(0x00, texts),
  vehicles: variable(0x10, integer),
  meanSpeedMps: variable(0x11, double),
  vehicleIds: variable(0x12, texts),
  occupancyPercent: variable(0x13, double),
  halting: variable(0x14, integer),
  jamVehicles: variable(0x18, integer),
  jamM: variable(0x19, double),
  positionM: variable(0x42, double),
  lengthM: variable(0x44, double),
  lane: variable(0x51, text),
});

const domains: ReadonlyMap<number, Domain> = new Map(
  [inductionLoop, trafficLight, lane, vehicle, junction, simulation, laneArea].map((one) => [
    one.number,
    one,
  ]),
);

/** The domain of an answer, by the second half of its code. */
export const domainOf = (code: number): Domain | undefined => domains.get(code & 0x0f);
