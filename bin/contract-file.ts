/**
 * Reads what an operator wants the contract to be: a district file, or a file with timing alone.
 */
import { checkDistrict, type District, readTiming } from '../protocol/check-district.ts';
import type { Timing } from '../protocol/timing.ts';
import {
  OperatorError,
  type Parsed,
  parseFile,
  problemsError,
  readDistrict,
  shippedDistrict,
} from './read-district.ts';

type Problems = Parameters<Parsed['list']>[0];

/** What is wanted, of which district, and how mistakes in the file are told. */
export interface Wanted {
  readonly district: District;
  /** A district file says every key, if only by a default; timing alone, what is to be changed. */
  readonly from: (inForce: Timing) => Timing;
  readonly refusal: (problems: Problems) => OperatorError;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const NO_DISCOVERY =
  'discovery cannot be changed while a district runs, because nodes would not find each other ' +
  'on the way: stop all nodes, change all files, start all';

/** Throws one `OperatorError` that lists every problem. */
export const readContract = (file: string, other: string | undefined): Wanted => {
  const parsed = parseFile(file, 'district');
  const refusal = (problems: Problems) =>
    problemsError(file, parsed.list(problems), 'nothing was proposed');
  const { value } = parsed;
  const isDistrict = isObject(value) && 'name' in value;
  if (!isDistrict) {
    if (isObject(value) && 'discovery' in value) {
      throw refusal([{ path: ['discovery'], message: NO_DISCOVERY }]);
    }
    const read = readTiming(value);
    if ('problems' in read) throw refusal(read.problems);
    const district = readDistrict(other ?? shippedDistrict);
    return { district, from: (inForce) => ({ ...inForce, ...read.timing }), refusal };
  }
  const checked = checkDistrict(value);
  if ('problems' in checked) throw refusal(checked.problems);
  const { district } = checked;
  const running = other === undefined ? district : readDistrict(other);
  if (running.name !== district.name) {
    throw new OperatorError(`${file} is of ${district.name}, ${other} is of ${running.name}`);
  }
  const keys = ['address', 'port', 'tcpPort'] as const;
  const moved = keys.filter((key) => running.discovery[key] !== district.discovery[key]);
  if (moved.length > 0) {
    throw refusal(
      moved.map((key) => ({
        path: ['discovery', key],
        message: `is ${running.discovery[key]} in ${other}; ${NO_DISCOVERY}`,
      })),
    );
  }
  return { district: running, from: () => district.timing, refusal };
};
