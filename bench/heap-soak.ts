/**
 * The heap of a simulated city over days of its life: measured after collection each simulated hour,
 * with the slope of a line through it, and how sure that is.
 */
import Table from 'cli-table3';
import { everyday } from '../simulation/everyday.ts';
import { Keyring, SECRET_BYTES } from '../transport/keyring.ts';

const HOUR = 3_600_000;
const MIB = 1024 * 1024;
const NODES = 6;
/** Between two plans. */
const PLAN_MS = 5_000;
/** Hours at the beginning in which logs, histories and compiled code come to their size. */
const WARM_HOURS = 2;
/** What may be gained in a month without being called growth. */
const MIB_A_MONTH_MAX = 64;

/** A key for a city that nobody else hears. */
const keysOf = () =>
  new Keyring('soak', { district: [{ secret: new Uint8Array(SECRET_BYTES), isSealing: true }] });

/** Whether the heap of a city with keys is seen not to grow; hours that are too few to tell are none. */
export const soakHeap = async (hours: number, seed: number): Promise<boolean> => {
  const { gc } = globalThis;
  if (!gc) throw new Error('the heap is measured with node --expose-gc');
  const city = everyday(seed, NODES, PLAN_MS, keysOf());
  const heaps: { readonly hour: number; readonly mib: number }[] = [];
  for (let hour = 1; hour <= WARM_HOURS + hours; hour += 1) {
    await city.run(hour * HOUR);
    if (city.violations.length > 0) throw new Error(JSON.stringify(city.violations[0]));
    gc();
    const mib = process.memoryUsage().heapUsed / MIB;
    process.stderr.write(`hour ${hour}: ${mib.toFixed(2)} MiB\n`);
    if (hour > WARM_HOURS) heaps.push({ hour, mib });
  }
  const { slope, error } = lineThrough(heaps);
  const [aMonth, sure] = [slope * 24 * 30, 2 * error * 24 * 30];
  const mibs = heaps.map(({ mib }) => mib);
  const table = new Table({
    head: ['nodes', 'hours', 'least MiB', 'most MiB', 'MiB a month', '± (2 s)', 'crashes'],
    style: { head: [], border: [], compact: true },
  });
  table.push([
    ...[NODES, hours, Math.min(...mibs).toFixed(2), Math.max(...mibs).toFixed(2)],
    ...[aMonth.toFixed(1), sure.toFixed(1), city.counts.crashes],
  ]);
  process.stdout.write(`${table}\n`);
  if (aMonth + sure < MIB_A_MONTH_MAX) return true;
  process.stdout.write(
    aMonth - sure < MIB_A_MONTH_MAX
      ? 'The heap was seen for too short a time to tell whether it grows: give more --heap-hours.\n'
      : `The heap grows by more than ${MIB_A_MONTH_MAX} MiB a month.\n`,
  );
  return false;
};

/** The least squares line through these, and the standard error of its slope. */
const lineThrough = (points: readonly { readonly hour: number; readonly mib: number }[]) => {
  const count = points.length;
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / count;
  const [hourMean, mibMean] = [mean(({ hour }) => hour), mean(({ mib }) => mib)];
  const spread = mean(({ hour }) => (hour - hourMean) ** 2) * count;
  const slope = (mean(({ hour, mib }) => (hour - hourMean) * (mib - mibMean)) * count) / spread;
  const left = ({ hour, mib }: (typeof points)[number]) =>
    (mib - mibMean - slope * (hour - hourMean)) ** 2;
  const error = Math.sqrt((mean(left) * count) / Math.max(1, count - 2) / spread);
  return { slope, error };
};
