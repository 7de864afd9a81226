/**
 * Knows the traffic of one intersection: takes what its sensors say, step by step, and tells what is
 * to be expected of it. What that means for the lamps is decided elsewhere (`phases.ts`).
 *
 * Sensors that fall silent are not believed any longer than a few steps: then nothing is known,
 * which is said, so that the lamps are run without them. One that fails by itself is told and left out,
 * and its groups are on recall.
 *
 * It is called so because `demand.ts` speaks for push buttons and cabinets of shared intersections.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import type { Intersection } from '../protocol/district.ts';
import type { Emitted, FactAs } from '../protocol/event.ts';
import type { Lamps } from '../protocol/lamp.ts';
import { expect, type Knowledge, nothingKnown } from './expectation.ts';
import { recallsOf, type SensorKnowledge, soundOf } from './sensor-faults.ts';

/** Silence after which sensors are not believed any more. In milliseconds. */
const SILENCE_MS_MAX = 3_500;

export interface ArrivalsInput {
  readonly id: string;
  readonly intersection: Intersection | null;
}

export interface Context extends ArrivalsInput {
  readonly lamps: Lamps;
  readonly knowledge: Knowledge;
  /** What is known of the sensors themselves; by their names. */
  readonly sensors: readonly SensorKnowledge[];
}

export type Events = FactAs<'sensors.read' | 'lamps.shown'>;

export const arrivalsMachine = setup({
  types: {} as { input: ArrivalsInput; context: Context; events: Events; emitted: Emitted },
  delays: { silence: SILENCE_MS_MAX },
  actions: {
    noteLamps: assign(({ event }) => (event.type === 'lamps.shown' ? { lamps: event.lamps } : {})),
    take: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, lamps } = context;
      if (event.type !== 'sensors.read' || !intersection) return;
      const { sensors, read, recalled, changed } = soundOf(context.sensors, event, lamps);
      const { knowledge, expected } = expect(intersection, context.knowledge, { read, lamps });
      enqueue.assign({ knowledge, sensors });
      for (const { sensor, fault, groups } of changed) {
        if (fault) enqueue.emit({ type: 'sensors.failed', sensor, fault, groups: [...groups] });
        else enqueue.emit({ type: 'sensors.restored', sensor });
      }
      const lanes = [...expected.lanes, ...recallsOf(recalled, knowledge.groups)];
      enqueue.emit({ type: 'arrivals.expected', ...expected, lanes });
    }),
    forget: assign(({ context: { intersection } }) => ({
      knowledge: nothingKnown(intersection ?? { groups: [] }),
    })),
    tellLost: emit({ type: 'arrivals.lost' as const, reason: 'the sensors have fallen silent' }),
  },
}).createMachine({
  id: 'arrivals',
  context: ({ input }) => ({
    ...input,
    lamps: {},
    knowledge: nothingKnown(input.intersection ?? { groups: [] }),
    sensors: [],
  }),
  initial: 'blind',
  on: { 'lamps.shown': { actions: 'noteLamps' } },
  states: {
    /** No sensor speaks. */
    blind: { entry: 'forget', on: { 'sensors.read': { target: 'sighted', actions: 'take' } } },
    sighted: {
      on: { 'sensors.read': { target: 'sighted', reenter: true, actions: 'take' } },
      after: { silence: { target: 'blind', actions: 'tellLost' } },
    },
  },
});
