/**
 * Selects the moments that are worth looking at. Contexts are without number; so of each state those
 * are taken that are like none before, up to a number, and a few that are alike and not the same,
 * because a guard may count. Alike are contexts of the same shape in which the same delays run.
 */
import { canonicalText } from '../search/interner.ts';
import { type Moment, momentText } from './moment.ts';
import { pathsIn } from './places.ts';
import { shapeOf } from './shape.ts';

/** Contexts of different shapes that are looked at in each state, unless somebody says otherwise. */
const CONTEXTS_MAX = 8;
/** Contexts looked at beside these, of shapes that are known. */
const ALIKE_MAX = 4;

export class Selection {
  /** Nothing was left out but what came twice. */
  isWhole = true;
  readonly #contextsMax: number;
  readonly #known = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(contextsMax: number | undefined) {
    this.#contextsMax = contextsMax ?? CONTEXTS_MAX;
  }

  /** Whether it is to be looked at; it is asked once of each moment. */
  takes(moment: Moment): boolean {
    const text = momentText(moment);
    if (this.#known.has(text)) return false;
    this.#known.add(text);
    const state = pathsIn(moment.snapshot.value).join(' ');
    const shape = likeness(moment);
    const isNew = !this.#known.has(shape);
    this.#known.add(shape);
    const [kind, most] = isNew ? ['new', this.#contextsMax] : ['alike', ALIKE_MAX];
    const count = (this.#counts.get(`${kind} ${state}`) ?? 0) + 1;
    this.#counts.set(`${kind} ${state}`, count);
    if (count > (most as number)) this.isWhole = false;
    return count <= (most as number);
  }
}

const likeness = ({ snapshot, nowMs, alarms, throws }: Moment): string => {
  const ids = alarms.map(({ id }) => id).sort();
  return canonicalText([snapshot.value, shapeOf(snapshot.context, nowMs), ids, throws ?? '']);
};
