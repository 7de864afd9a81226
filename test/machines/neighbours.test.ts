/**
 * Who watches whom in a large view, as a pure function: that all agree, that everybody has monitors,
 * that partitions of any shape are seen, and that coming and going disturbs few.
 */
import { describe, expect, test } from 'vitest';
import {
  ALL_TO_ALL_MAX,
  isSmall,
  type Life,
  lifeIn,
  lifeOf,
  MONITORS,
  monitorsOf,
  partPrints,
  printOf,
  type Ring,
  watchedBy,
  withLife,
  withoutLife,
} from '../../machines/neighbours.ts';
import { PARTS } from '../../protocol/event.ts';
import { seeded } from '../transport/seeded.ts';

const ringOf = (ids: readonly string[]): Ring =>
  ids.reduce<Ring>((ring, id) => withLife(ring, lifeOf(id, 1)), []);
const named = (count: number) => Array.from({ length: count }, (_, k) => `n${k + 1}`);
const sizes = [ALL_TO_ALL_MAX + 1, 25, 100, 500];

describe('the ring', () => {
  test('is the same in whatever order its nodes came', () => {
    const ids = named(40);
    expect(ringOf(ids)).toEqual(ringOf([...ids].reverse()));
    expect(withoutLife(ringOf(ids), 'n7')).toEqual(ringOf(ids.filter((id) => id !== 'n7')));
    expect(withoutLife(ringOf(ids), 'n99')).toEqual(ringOf(ids));
  });

  test('holds one life of a node: the last', () => {
    const ring = withLife(ringOf(named(20)), lifeOf('n3', 2));
    expect(ring).toHaveLength(20);
    expect(lifeIn(ring, 'n3')?.incarnation).toBe(2);
    expect(lifeIn(ring, 'n99')).toBeUndefined();
  });

  test('takes any name', () => {
    const ids = ['__proto__', 'constructor', '', 'é', 'n1'];
    expect(
      ringOf(ids)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
  });

  test('is small up to the number of nodes at which all beat to all', () => {
    expect(isSmall(ringOf(named(ALL_TO_ALL_MAX)))).toBe(true);
    expect(isSmall(ringOf(named(ALL_TO_ALL_MAX + 1)))).toBe(false);
  });
});

describe.each(sizes)('of %i nodes', (count) => {
  const ids = named(count);
  const ring = ringOf(ids);

  test('each has its monitors, all different and none itself, and watches as many', () => {
    for (const id of ids) {
      const monitors = monitorsOf(ring, id);
      expect(new Set([...monitors, id]).size).toBe(MONITORS + 1);
      expect(new Set(watchedBy(ring, id)).size).toBe(MONITORS);
    }
  });

  test('each watches exactly those whose monitor it is', () => {
    for (const id of ids) {
      for (const peer of watchedBy(ring, id)) expect(monitorsOf(ring, peer)).toContain(id);
    }
  });

  test('one who comes or goes changes the monitors of its few neighbours only', () => {
    const fewer = withoutLife(ring, 'n9');
    const changed = ids.filter(
      (id) => id !== 'n9' && `${monitorsOf(ring, id)}` !== `${monitorsOf(fewer, id)}`,
    );
    expect(changed).toHaveLength(MONITORS);
  });
});

/** How often neighbours must be failed until nobody of the other side is left in a view. */
const rounds = (ids: readonly string[], isHere: (id: string) => boolean): number => {
  let ring = ringOf(ids);
  for (let round = 0; ; round += 1) {
    const there = ring.filter(({ id }) => !isHere(id));
    if (there.length === 0) return round;
    const seen = there.filter(({ id }) => monitorsOf(ring, id).some(isHere));
    if (seen.length === 0) return Number.POSITIVE_INFINITY;
    ring = seen.reduce((left, { id }) => withoutLife(left, id), ring);
  }
};

describe('a partition', () => {
  const ids = named(100);
  const place = (id: string) => Number(id.slice(1));
  const draw = seeded(3);
  const lot = new Set(ids.filter(() => draw() < 0.5));

  test.each<[string, (id: string) => boolean]>([
    ['into the first and the second half of a street', (id) => place(id) <= 50],
    ['into even and odd', (id) => place(id) % 2 === 0],
    ['of every fourth from the rest', (id) => place(id) % 4 === 0],
    ['by lot', (id) => lot.has(id)],
    ['of a fifth from the rest', (id) => place(id) <= 20],
  ])('%s is seen by both sides, within few rounds of failing', (_, isHere) => {
    expect(rounds(ids, isHere)).toBeLessThanOrEqual(4);
    expect(rounds(ids, (id) => !isHere(id))).toBeLessThanOrEqual(4);
  });

  test('of one from all is seen at once by the rest; the one fails a few at a time', () => {
    expect(rounds(ids, (id) => id !== 'n42')).toBe(1);
    expect(rounds(ids, (id) => id === 'n42')).toBeLessThanOrEqual(100 / MONITORS);
  });

  test('even of the worst shape, along the ring itself, never stands still', () => {
    const half = new Set(
      ringOf(ids)
        .slice(0, 50)
        .map(({ id }) => id),
    );
    expect(rounds(ids, (id) => half.has(id))).toBeLessThanOrEqual(50 / MONITORS + 1);
  });
});

describe('the print of a view', () => {
  const lives = named(60).map((id) => lifeOf(id, 1));
  const without = (life: Life) => lives.filter((one) => one !== life);

  test('is that of the set, whatever the order', () => {
    expect(printOf(lives)).toBe(printOf([...lives].reverse()));
  });

  test('tells every single life that is missing, and every other life of a node', () => {
    const prints = lives.map((life) => printOf(without(life)));
    const others = lives.map((life) => printOf([...without(life), lifeOf(life.id, 2)]));
    expect(new Set([printOf(lives), ...prints, ...others]).size).toBe(2 * lives.length + 1);
  });

  test('differs, of all its parts, in the one where the view differs', () => {
    const parts = partPrints(lives);
    expect(parts).toHaveLength(PARTS);
    for (const life of lives) {
      const other = partPrints(without(life));
      expect(parts.filter((print, part) => print !== other[part])).toHaveLength(1);
    }
  });
});
