/** Which states of a chart are active, and by which transitions it came from one value to another. */
import { type Chart, type ChartTransition, isWithin, statesIn } from './chart.ts';

/** The paths of all states that a value says are active; the machine itself is one of them. */
export const activeIn = (value: unknown): ReadonlySet<string> => {
  const active = new Set<string>();
  const walk = (inner: unknown, path: string): void => {
    active.add(path);
    const at = (name: string) => (path === '' ? name : `${path}.${name}`);
    if (typeof inner === 'string') active.add(at(inner));
    else if (typeof inner === 'object' && inner !== null) {
      for (const [name, deeper] of Object.entries(inner)) walk(deeper, at(name));
    }
  };
  if (value !== undefined) walk(value, '');
  return active;
};

/**
 * The transitions that may have been taken: a journal says what a machine's value became, and not
 * why. `heard` is what the node heard last before; where nothing that the machine hears was told,
 * a delay did it or a guard that came true, as far as there is such a transition. Then `always` goes
 * on at once, so that what lies between is in no journal.
 */
export const takenBetween = (
  chart: Chart,
  before: unknown,
  after: unknown,
  heard: string | undefined,
): readonly ChartTransition[] => {
  const [was, is] = [activeIn(before), activeIn(after)];
  const entered = [...is].filter((path) => !was.has(path));
  if (was.size === 0 || entered.length === 0) return [];
  const possible = chart.transitions.filter(({ from, to }) => to !== undefined && was.has(from));
  const leadsTo = ({ to = '' }: ChartTransition) =>
    is.has(to) && entered.some((path) => isWithin(path, to) || isWithin(to, path));
  const leadsThere = (one: ChartTransition) =>
    leadsTo(one) && enteredBy(chart, one.to ?? '').every((path) => is.has(path));
  const direct = ofHeard(possible.filter(leadsThere), heard);
  if (direct.length > 0) return direct;
  const steps = possible.flatMap((first) => {
    const through = new Set(enteredBy(chart, first.to ?? ''));
    const goesOn = (next: ChartTransition) =>
      next.kind === 'always' && through.has(next.from) && leadsThere(next);
    return chart.transitions.filter(goesOn).map((next) => ({ first, next }));
  });
  if (steps.length === 0) return ofHeard(possible.filter(leadsTo), heard);
  const firsts = ofHeard([...new Set(steps.map(({ first }) => first))], heard);
  const nexts = steps.filter(({ first }) => firsts.includes(first)).map(({ next }) => next);
  return [...new Set([...firsts, ...nexts])];
};

const ofHeard = (
  some: readonly ChartTransition[],
  heard: string | undefined,
): readonly ChartTransition[] => {
  const isMeant = ({ kind, trigger }: ChartTransition) =>
    heard === undefined ? kind !== 'event' : kind === 'event' && trigger === heard;
  const meant = some.filter(isMeant);
  return meant.length > 0 ? meant : some;
};

/** A target, and what is entered first inside it. */
const enteredBy = ({ root }: Chart, target: string): string[] => {
  const entered = new Set([target]);
  for (const { path, kind, initial, states } of statesIn(root)) {
    if (!entered.has(path)) continue;
    if (initial !== undefined) entered.add(initial);
    if (kind === 'parallel') for (const region of states) entered.add(region.path);
  }
  return [...entered];
};
