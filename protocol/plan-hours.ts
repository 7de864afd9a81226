/** Whose hour it is, of plans that have hours of the day. */
import type { FiledPlan } from './plan.ts';

type Hours = NonNullable<FiledPlan['hours']>;

const DAY = 24 * 60;

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

/** Whether `minute` of the day, counted from midnight, is within; hours may go past midnight. */
export const isWithin = ({ from, to }: Hours, minute: number): boolean => {
  const lengthM = (minutesOf(to) - minutesOf(from) + DAY) % DAY;
  return (minute - minutesOf(from) + DAY) % DAY < lengthM;
};

/** Whether some minute is within both. */
export const overlaps = (a: Hours, b: Hours | undefined): boolean =>
  b !== undefined && (isWithin(a, minutesOf(b.from)) || isWithin(b, minutesOf(a.from)));
