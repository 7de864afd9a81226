/**
 * Knows the traffic of one intersection: takes what its sensors say, step by step, and tells what is
 * to be expected of it. What that means for the lamps is decided elsewhere (`phases.ts`). Once a minute
 * it tells the leader how many come, for its plans.
 *
 * Sensors that fall silent are not believed any longer than a few steps: then nothing is known,
 * which is said, so that the lamps are run without them. One that fails by itself is told and left out,
 * and its groups are on recall.
 *
 * Every other second it tells all who leaves towards its neighbours, and from whom nobody can come as
 * the street is full. By what they tell it adds who is on the way and cannot be seen yet, and does not
 * count on greens that lead into full streets.
 *
 * It is called so because `demand.ts` speaks for push buttons and cabinets of shared intersections.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import type { Intersection, Link } from '../protocol/district.ts';
import { ALL, type Emitted, type FactAs, type HeardAs } from '../protocol/event.ts';
import type { Lamps } from '../protocol/lamp.ts';
import { expect, type Knowledge, nothingKnown } from './expectation.ts';
import { type GreenUse, nothingUsed, useAfter, usedBy } from './green-use.ts';
import { comingOf, departuresOf, type Platoon, platoonsAfter, platoonsLater } from './platoons.ts';
import { recallsOf } from './recall.ts';
import { type SensorKnowledge, soundOf } from './sensor-faults.ts';
import { blockedBy, type Full, fullAfter, fullOf } from './spillback.ts';

/** Silence after which sensors are not believed any more. In milliseconds. */
const SILENCE_MS_MAX = 3_500;
/** How often the leader is told how many come: plans follow hours, not seconds. In milliseconds. */
const TELL_MS = 60_000;
const HOUR_S = 3600;
/** How often neighbours are told who leaves towards them. In milliseconds. */
const FORECAST_MS = 2_000;
/** Sensors speak once a second, but not to the millisecond. */
const EARLY_MS = 100;

export interface ArrivalsInput {
  readonly id: string;
  readonly intersection: Intersection | null;
  /** The links of the intersection. */
  readonly links: readonly Link[];
}

export interface Context extends ArrivalsInput {
  readonly lamps: Lamps;
  readonly knowledge: Knowledge;
  readonly use: GreenUse;
  readonly leader: string | null;
  /** When the leader was told, or the sensors began to speak. */
  readonly toldMs: number | null;
  /** What is known of the sensors themselves; by their names. */
  readonly sensors: readonly SensorKnowledge[];
  /** Those who are on their way from neighbours. */
  readonly platoons: readonly Platoon[];
  /** Streets to neighbours into which nobody can drive. */
  readonly full: readonly Full[];
  /** When neighbours were last told anything; null, when there was nothing to tell. */
  readonly foretoldMs: number | null;
}

export type Events =
  | FactAs<'sensors.read' | 'lamps.shown' | 'election.elected' | 'election.lost'>
  | HeardAs<'arrivals.forecast'>;

export const arrivalsMachine = setup({
  types: {} as { input: ArrivalsInput; context: Context; events: Events; emitted: Emitted },
  delays: { silence: SILENCE_MS_MAX },
  actions: {
    noteLamps: assign(({ event }) => (event.type === 'lamps.shown' ? { lamps: event.lamps } : {})),
    take: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, links, lamps, foretoldMs } = context;
      if (event.type !== 'sensors.read' || !intersection) return;
      const { at, stepS } = event;
      const { sensors, read, recalled, changed } = soundOf(context.sensors, event, lamps);
      const { knowledge, expected } = expect(intersection, context.knowledge, { read, lamps });
      const use = useAfter(intersection, context.use, { expected, lamps });
      const platoons = platoonsLater(context.platoons, { at, stepS });
      enqueue.assign({ knowledge, sensors, use, platoons, toldMs: context.toldMs ?? at });
      for (const { sensor, fault, groups } of changed) {
        if (fault) enqueue.emit({ type: 'sensors.failed', sensor, fault, groups: [...groups] });
        else enqueue.emit({ type: 'sensors.restored', sensor });
      }
      const lanes = [...expected.lanes, ...recallsOf(intersection, knowledge.groups, recalled)];
      const street = { intersection, links };
      const coming = comingOf(platoons, street, { expected, read, at });
      const isComing = coming.length > 0;
      const stuck = [...new Set([...expected.stuck, ...blockedBy(context.full, street, at)])];
      const all = { ...expected, lanes, stuck, ...(isComing && { coming }) };
      enqueue.emit({ type: 'arrivals.expected', ...all });
      if (foretoldMs !== null && at - foretoldMs < FORECAST_MS - EARLY_MS) return;
      const streets = departuresOf(street, { expected, lamps });
      const full = fullOf(street, expected);
      const says = streets.length + full.length > 0;
      enqueue.assign({ foretoldMs: says ? at : null });
      if (!says && foretoldMs === null) return;
      const foretold = { intersection: intersection.id, streets, full };
      const message = { type: 'arrivals.forecast' as const, ...foretold };
      enqueue.emit({ type: 'wire.send', to: ALL, message });
    }),
    noteForecast: assign(({ context: { intersection, links, platoons, full }, event }) => {
      if (event.type !== 'arrivals.forecast' || !intersection) return {};
      if (intersection.forecasts === false) return {};
      const { at, intersection: from } = event;
      const street = { intersection, links };
      return {
        platoons: platoonsAfter(platoons, street, { forecast: event, at }),
        full: fullAfter(full, street, { from, full: event.full, at }),
      };
    }),
    /** How many come is told to the leader, who may be this node. */
    tellFlows: enqueueActions(({ context, event, enqueue }) => {
      const { id, intersection, leader, toldMs, knowledge, use } = context;
      if (!intersection || toldMs === null || leader === null) return;
      if (event.at - toldMs < TELL_MS) return;
      const flows = knowledge.groups.map(({ group, flow }) => ({
        group,
        perHour: Math.round(flow * HOUR_S),
        used: Math.round(usedBy(use, group) * 1000) / 1000,
      }));
      const counted = { intersection: intersection.id, flows };
      enqueue.assign({ toldMs: event.at });
      enqueue.emit(
        leader === id
          ? { type: 'arrivals.counted', ...counted }
          : { type: 'wire.send', to: leader, message: { type: 'arrivals.tell', ...counted } },
      );
    }),
    noteLeader: assign(({ event }) => ({
      leader: event.type === 'election.elected' ? event.leader : null,
    })),
    forget: assign(({ context: { intersection } }) => ({
      knowledge: nothingKnown(intersection ?? { groups: [] }),
      use: nothingUsed(intersection ?? { groups: [] }),
      toldMs: null,
    })),
    tellLost: emit({ type: 'arrivals.lost' as const, reason: 'the sensors have fallen silent' }),
  },
}).createMachine({
  id: 'arrivals',
  context: ({ input }) => ({
    ...input,
    lamps: {},
    sensors: [],
    knowledge: nothingKnown(input.intersection ?? { groups: [] }),
    use: nothingUsed(input.intersection ?? { groups: [] }),
    leader: null,
    toldMs: null,
    platoons: [],
    full: [],
    foretoldMs: null,
  }),
  initial: 'blind',
  on: {
    'lamps.shown': { actions: 'noteLamps' },
    'election.elected': { actions: 'noteLeader' },
    'election.lost': { actions: 'noteLeader' },
    'arrivals.forecast': { actions: 'noteForecast' },
  },
  states: {
    /** No sensor speaks. */
    blind: { entry: 'forget', on: { 'sensors.read': { target: 'sighted', actions: 'take' } } },
    sighted: {
      on: {
        'sensors.read': { target: 'sighted', reenter: true, actions: ['take', 'tellFlows'] },
      },
      after: { silence: { target: 'blind', actions: 'tellLost' } },
    },
  },
});
