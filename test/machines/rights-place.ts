/**
 * What the made-up worlds of rights of way are made of: an intersection of four nodes, which groups
 * may stand together there, and clocks that change their rate.
 */
import type { Command } from '../../protocol/command.ts';
import type { Intersection } from '../../protocol/district.ts';

export const NODES = ['n1', 'n2', 'n3', 'n4'] as const;
const group = (id: string) =>
  ({ id, kind: 'vehicle', minGreenS: 5, maxGreenS: 30, amberS: 3, redClearanceS: 2 }) as const;

/** `c` yields to `a`; `d` stands with `a` and with `c`; the rest conflict. */
export const INTERSECTION: Intersection = {
  id: 'x',
  nodes: { a: 'n1', b: 'n2', c: 'n3', d: 'n4' },
  position: [0, 0],
  groups: ['a', 'b', 'c', 'd'].map(group),
  conflicts: [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
    ['b', 'd'],
  ],
  yields: [['c', 'a']],
  stages: [
    { id: 'A', green: ['a', 'd'] },
    { id: 'B', green: ['b'] },
    { id: 'C', green: ['c', 'd'] },
  ],
};

export const admit = (node: string): Command => ({
  kind: 'district.admit',
  node,
  store: node,
  intersection: INTERSECTION,
  links: [],
});
/** The same commands in every world, so that they are checked once. */
export const admissions = NODES.map(admit);

interface Light {
  readonly group: string;
  readonly permissive: boolean;
}

/** Which groups may be lit together, in words of its own: the house's may be wrong. */
export const isTogether = (a: Light, b: Light): boolean => {
  const pair = [a.group, b.group].sort().join('');
  const yielding = [a, b].find((lit) => lit.group === 'c');
  return pair === 'ac'
    ? yielding?.permissive === true
    : ['aa', 'bb', 'cc', 'dd', 'ad', 'cd'].includes(pair);
};

/** A clock that runs at one rate, and at another from some time on. */
export class Clock {
  readonly #parts: readonly { atMs: number; ms: number; rate: number }[];

  constructor(
    atMs: number,
    ms: number,
    [before, after]: readonly [number, number],
    turnMs: number,
  ) {
    const turned = ms + (turnMs - atMs) * before;
    this.#parts = [
      { atMs, ms, rate: before },
      { atMs: turnMs, ms: turned, rate: after },
    ];
  }

  /** What it shows at a true time. */
  at(trueMs: number): number {
    const [first, second] = this.#parts as [Part, Part];
    const { atMs, ms, rate } = trueMs < second.atMs ? first : second;
    return ms + (trueMs - atMs) * rate;
  }

  /** The true time at which it shows `shownMs`. */
  when(shownMs: number): number {
    const [first, second] = this.#parts as [Part, Part];
    const { atMs, ms, rate } = shownMs < second.ms ? first : second;
    return atMs + (shownMs - ms) / rate;
  }
}
type Part = { readonly atMs: number; readonly ms: number; readonly rate: number };
