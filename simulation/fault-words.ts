/**
 * The sentences in which a journal tells what was done to a district from outside, under the name
 * `city`: a simulated city and the supervisor of real processes say them alike, and the page reads them.
 */
import type { Faults } from '../transport/memory.ts';

export const faultWords = {
  cut: (from: string, to: string) => `cut ${from} → ${to}`,
  mend: (from: string, to: string) => `mend ${from} → ${to}`,
  slow: (from: string, to: string, ms: number) => `slow ${from} → ${to} by ${ms} ms`,
  partition: (sides: readonly (readonly string[])[]) =>
    `partition ${sides.map((side) => side.join('+')).join(' | ')}`,
  heal: () => 'heal',
  drift: (id: string, ppm: number) => `clock of ${id} drifts by ${ppm} ppm`,
  weather: (faults: Partial<Faults>) => `network ${JSON.stringify(faults)}`,
  demand: (perHour: number) => `demand of ${Math.round(perHour)} vehicles an hour`,
};
