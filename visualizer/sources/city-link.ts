/** A city as a link says it: seed, district, how far, and what was done. */
import type { CityPlan, Done } from './city-words.ts';
import { isDistrictName } from './district-names.ts';

/** No link makes a page run for longer before it shows something. In virtual milliseconds. */
const UNTIL_MS_MAX = 3_600_000;
const SEED = 7;

/** What a link asks for; what is wrong in it is left out. */
export const cityPlan = (query: URLSearchParams): CityPlan => {
  const number = (name: string, otherwise: number, most: number) => {
    const value = Number(query.get(name) ?? otherwise);
    return Number.isFinite(value) && value >= 0 ? Math.min(most, value) : otherwise;
  };
  const district = query.get('district') ?? '';
  return {
    seed: Math.floor(number('seed', SEED, Number.MAX_SAFE_INTEGER)),
    district: isDistrictName(district) ? district : 'town9',
    untilMs: number('t', 0, UNTIL_MS_MAX),
    done: doneIn(query.get('done')),
  };
};

/** The same as a link's query. */
export const cityQuery = ({ seed, district, untilMs, done }: CityPlan): string =>
  new URLSearchParams({
    district,
    seed: `${seed}`,
    t: `${untilMs}`,
    ...(done.length > 0 && { done: JSON.stringify(done) }),
  }).toString();

const doneIn = (text: string | null): Done[] => {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(value)) return [];
    const isDone = (one: Partial<Done> | null) =>
      typeof one?.atMs === 'number' && typeof one.deed?.kind === 'string';
    return value.filter(isDone);
  } catch {
    return [];
  }
};
