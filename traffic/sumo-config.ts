/**
 * A SUMO configuration (`.sumocfg`) as far as whoever starts SUMO must know it: which network it is,
 * when it begins and ends, and which additional files it names, because naming others on the
 * command line would take their place.
 */
import { SumoError } from './sumo-error.ts';
import { xmlReader } from './sumo-xml.ts';

export interface SumoConfig {
  /** As written: relative to the configuration’s folder. */
  readonly network: string;
  readonly additional: readonly string[];
  readonly beginS: number;
  /** Undefined where the simulation ends with its last vehicle. */
  readonly endS?: number;
  /** All options as written, by name. */
  readonly values: ReadonlyMap<string, string>;
}

/** SUMO’s names of an option, the long one first. */
const NAMES = {
  network: ['net-file', 'net', 'n'],
  additional: ['additional-files', 'additional', 'a'],
  begin: ['begin', 'b'],
  end: ['end', 'e'],
} as const;

/** Throws `SumoError`, with the line. */
export const readSumoConfig = (text: string): SumoConfig => {
  const values = new Map<string, string>();
  const reader = xmlReader({
    open: (name, { value }) => {
      if (value !== undefined) values.set(name, value);
    },
    fail: (message) => {
      throw new SumoError(message);
    },
  });
  reader.write(text);
  reader.end();
  const optionOf = (key: keyof typeof NAMES) =>
    NAMES[key].map((name) => values.get(name)).find((value) => value !== undefined);
  const network = optionOf('network');
  if (network === undefined) throw new SumoError('it names no network (<net-file value="…"/>)');
  const end = optionOf('end');
  const endS = end === undefined ? -1 : secondsOf('end', end);
  return {
    network,
    additional: (optionOf('additional') ?? '').split(/[,\s]+/).filter(Boolean),
    beginS: secondsOf('begin', optionOf('begin') ?? '0'),
    ...(endS >= 0 && { endS }),
    values,
  };
};

/** SUMO takes seconds, or days, hours, minutes and seconds between colons. */
const secondsOf = (name: string, text: string): number => {
  const parts = text.trim().split(':');
  const weights = [1, 60, 3600, 86_400];
  const seconds = parts
    .reverse()
    .reduce(
      (sum, part, k) =>
        sum + (part === '' ? Number.NaN : Number(part)) * (weights[k] ?? Number.NaN),
      0,
    );
  if (Number.isFinite(seconds)) return seconds;
  throw new SumoError(`its ${name} is “${text}”, which is no time`);
};
