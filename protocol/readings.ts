/**
 * Readings: what sensors at an intersection say in one step, as plain JSON, whatever they are made of:
 * loops in the ground, cameras, radar, or what vehicles say themselves. A controller is given these
 * and nothing else of the traffic, so that it can be judged by what it is allowed to know.
 */
import Type, { type Static } from 'typebox';
import { idSchema } from './district.ts';

/**
 * How much is sensed. `loops`: whether someone is at the stop line, and who passes there and
 * upstream, as most cities have it. `lanes`: how many are on a lane within `SENSED_M_MAX`, and how
 * many of them stand, as cameras and the published comparisons have it. `vehicles`: where each
 * vehicle within `SENSED_M_MAX` is and how fast, and which lamp it will need, as vehicles say it
 * that speak to the roadside.
 */
export const SENSING = ['loops', 'lanes', 'vehicles'] as const;
export type Sensing = (typeof SENSING)[number];

/** Sensors and vehicles at one intersection. */
export const READINGS_MAX = 5000;

/** From the stop line. In metres. */
export const SENSED_M_MAX = 200;

const metres = Type.Number({
  minimum: 0,
  description: 'From the stop line, against the traffic. In metres.',
});
const groups = Type.Array(idSchema, {
  description: 'The signal groups that vehicles here may need.',
});
const lane = Type.String({ description: 'The lane that ends at the stop line.' });
const lanes = Type.Array(Type.String(), {
  description: 'The lanes, at the stop line, that vehicles here come to.',
});

export const loopReadingSchema = Type.Object(
  {
    kind: Type.Literal('loop'),
    loop: Type.String({ description: 'Its name.' }),
    place: Type.Enum(['stopLine', 'advance']),
    distanceM: metres,
    lanes,
    groups,
    passed: Type.Integer({ minimum: 0, description: 'Vehicles that left it during the step.' }),
    occupancy: Type.Number({ minimum: 0, maximum: 1, description: 'Of the step.' }),
    gapS: Type.Number({
      minimum: 0,
      description: 'Since the last vehicle left; 0 while one is there. In seconds.',
    }),
  },
  { additionalProperties: false, title: 'Loop reading' },
);

export const laneReadingSchema = Type.Object(
  {
    kind: Type.Literal('lane'),
    nearM: metres,
    farM: metres,
    lanes,
    groups,
    vehicles: Type.Integer({ minimum: 0 }),
    queue: Type.Integer({
      minimum: 0,
      description: 'Of these, those that stand: slower than 1.39 m/s for a second.',
    }),
  },
  { additionalProperties: false, title: 'Lane reading', description: 'Of a stretch of lane.' },
);

export const vehicleReadingSchema = Type.Object(
  {
    kind: Type.Literal('vehicle'),
    vehicle: Type.String(),
    place: Type.Enum(['approach', 'inside'], {
      description: 'Before the stop line, or past it and not yet out of the intersection.',
    }),
    lane,
    group: idSchema,
    distanceM: metres,
    speedMps: Type.Number({ minimum: 0 }),
  },
  { additionalProperties: false, title: 'Vehicle reading' },
);

export const readingSchema = Type.Union([
  loopReadingSchema,
  laneReadingSchema,
  vehicleReadingSchema,
]);

export type LoopReading = Static<typeof loopReadingSchema>;
export type LaneReading = Static<typeof laneReadingSchema>;
export type VehicleReading = Static<typeof vehicleReadingSchema>;
export type Reading = Static<typeof readingSchema>;

/** What all sensors of one intersection say of one step; no vehicle is sensed where none is named. */
export const readFields = {
  sensing: Type.Enum(SENSING),
  stepS: Type.Number({ exclusiveMinimum: 0, description: 'How long the step was. In seconds.' }),
  readings: Type.Array(readingSchema, { maxItems: READINGS_MAX }),
};
export const readSchema = Type.Object(readFields);
/** What all sensors of an intersection say of one step. */
export type Read = Static<typeof readSchema>;

/** What may be wrong with a sensor: it says nothing, or always the same, or what cannot be. The names
 *  are those of NTCIP 1202's diagnostics of detectors. */
export const SENSOR_FAULTS = ['noActivity', 'maxPresence', 'erraticCounts'] as const;
export type SensorFault = (typeof SENSOR_FAULTS)[number];

/** What the sensors of each intersection say; none is missing. */
export type Readings = ReadonlyMap<string, readonly Reading[]>;
