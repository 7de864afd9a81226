/**
 * What a journal tells of traffic: the roads once, then who is where, second by second. Numbers
 * stand in one flat list, because a line a second of a thousand vehicles must stay small.
 */
import Type, { type Static } from 'typebox';

const count = Type.Integer({ minimum: 0 });

/** A vehicle in `vehicles` takes so many numbers: id, lane, and its place in decimetres. */
export const VEHICLE_NUMBERS = 3;

export const roadSchema = Type.Object(
  {
    from: Type.Optional(
      Type.String({ description: 'The intersection it comes from; none at the edge.' }),
    ),
    to: Type.Optional(
      Type.String({
        description: 'The intersection at whose stop line it ends; none at the edge.',
      }),
    ),
    towards: Type.Optional(
      Type.Tuple([Type.Number(), Type.Number()], {
        description: 'At the edge: unit vector from the intersection outwards, north upwards.',
      }),
    ),
    lengthM: Type.Number({ description: 'From stop line to stop line. In metres.' }),
    lanes: Type.Array(count, {
      description: 'Their numbers, from the middle of the street to the kerb.',
    }),
  },
  { additionalProperties: false, title: 'Road' },
);
export type RoadTold = Static<typeof roadSchema>;

export const roadsFields = {
  ordinaryPerHour: Type.Number({
    description: 'Demand that this district can serve. In vehicles an hour.',
  }),
  roads: Type.Array(roadSchema),
};

export const trafficFields = {
  perHour: Type.Number({ description: 'Demand: vehicles an hour that come to the district.' }),
  inside: Type.Integer({ minimum: 0, description: 'Vehicles on its roads.' }),
  queue: Type.Integer({ minimum: 0, description: 'Of these, those that stand.' }),
  outside: Type.Integer({ minimum: 0, description: 'Those that find no room to come in.' }),
  came: Type.Integer({ minimum: 0, description: 'Since the model began.' }),
  left: Type.Integer({ minimum: 0, description: 'Since the model began.' }),
  delayS: Type.Optional(
    Type.Number({
      description: 'Lost on average by each who left in the last five minutes. In seconds.',
    }),
  ),
  vehicles: Type.Optional(
    Type.Array(Type.Integer(), {
      description: 'Of each: id, lane, place from the beginning of its road in decimetres.',
    }),
  ),
};
const roadsTold = Type.Object(roadsFields);
const trafficTold = Type.Object(trafficFields);
export type RoadsTold = Static<typeof roadsTold>;
export type TrafficTold = Static<typeof trafficTold>;
