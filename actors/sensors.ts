/**
 * Joins a node to the sensors of its intersection: loops, cameras, radar, or vehicles that say where
 * they are. What they are, and how they are reached, is handed in from outside; a node that has none
 * runs its stages without knowing what comes.
 */
import { fromCallback } from 'xstate';
import type { NodeInput } from '../machines/node.ts';
import type { BusEvent } from '../protocol/event.ts';
import type { Read } from '../protocol/readings.ts';
import type { Deliver } from './bus.ts';

/** Called once a step with what all sensors of the intersection say of it. */
export type HearSensors = (read: Read) => void;

/** A node’s line from its sensors. */
export interface SensorPort {
  /** Nothing is heard after this. */
  close(): void;
}

/** Connects to the sensors of an intersection. */
export type OpenSensors = (
  who: { readonly node: string; readonly intersection: string },
  hear: HearSensors,
) => SensorPort;

/** For a node without sensors. */
export const noSensors: OpenSensors = () => ({ close: () => {} });

export const sensorsThrough = (open: OpenSensors, deliver: Deliver) =>
  fromCallback<BusEvent, NodeInput>(({ input: { id: node, intersection } }) => {
    if (!intersection) return () => {};
    const port = open({ node, intersection: intersection.id }, (read) =>
      deliver({ type: 'sensors.read', ...read }),
    );
    return () => port.close();
  });
