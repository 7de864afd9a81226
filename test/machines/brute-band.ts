/**
 * Finds the widest bands of a street by trying offsets, second by second, and measures bands by
 * sending vehicles: it knows nothing of how the machines find theirs, and shares no code with them.
 */

/** From where in its cycle a light is green, and for how long. In seconds. */
export type Lit = readonly [fromS: number, lengthS: number];

export interface Street {
  readonly cycleS: number;
  /** In both directions: its green, and the travel time from or to the first light. */
  readonly lights: readonly {
    readonly out: Lit;
    readonly outS: number;
    readonly back: Lit;
    readonly backS: number;
  }[];
}

export interface Widths {
  readonly out: number;
  readonly back: number;
}

const modulo = (value: number, by: number) => ((value % by) + by) % by;

/** How finely vehicles are sent. In seconds. */
const TICK_S = 0.05;

/** The longest time in a cycle in which whoever sets out meets green all the way. */
export const measured = ({ cycleS, lights }: Street, offsets: readonly number[]): Widths => {
  const ticks = Math.round(cycleS / TICK_S);
  const longest = (isThrough: (atS: number) => boolean) => {
    let [run, best] = [0, 0];
    for (let k = 0; k < 2 * ticks && run < ticks; k += 1) {
      run = isThrough(k * TICK_S) ? run + 1 : 0;
      best = Math.max(best, run);
    }
    return best * TICK_S;
  };
  const isGreen = ([fromS, lengthS]: Lit, k: number, atS: number) =>
    modulo(atS - fromS - (offsets[k] ?? 0), cycleS) < lengthS;
  return {
    out: longest((atS) => lights.every(({ out, outS }, k) => isGreen(out, k, atS + outS))),
    // By when they come to the first light, at which they arrive last.
    back: longest((atS) => lights.every(({ back, backS }, k) => isGreen(back, k, atS - backS))),
  };
};

/** Pieces of a cycle, by begin and end, none across its seam. */
type Pieces = readonly (readonly [number, number])[];

const piecesOf = (fromS: number, lengthS: number, cycleS: number): Pieces => {
  if (lengthS >= cycleS) return [[0, cycleS]];
  const a = modulo(fromS, cycleS);
  const b = a + lengthS;
  return b <= cycleS
    ? [[a, b]]
    : [
        [0, b - cycleS],
        [a, cycleS],
      ];
};

const both = (a: Pieces, b: Pieces): Pieces =>
  a.flatMap(([p, q]) =>
    b.flatMap(([r, s]) =>
      Math.min(q, s) > Math.max(p, r) ? [[Math.max(p, r), Math.min(q, s)] as const] : [],
    ),
  );

const widest = (pieces: Pieces, cycleS: number): number => {
  let [best, seam] = [0, 0];
  for (const [a, b] of pieces) {
    best = Math.max(best, b - a);
    if (a === 0 || b === cycleS) seam += b - a;
  }
  return pieces.length > 1 ? Math.max(best, seam) : best;
};

/**
 * The greatest `worth` of any offsets in whole seconds. `worth` must not fall as bands widen: what
 * cannot be better than the best so far is left out, and so coarse steps are tried first.
 */
export const bestWorth = (street: Street, worth: (widths: Widths) => number): number =>
  [9, 3, 1].reduce((best, stepS) => tried(street, worth, { stepS, best }), 0);

const tried = (
  { cycleS, lights }: Street,
  worth: (widths: Widths) => number,
  { stepS, best: known }: { stepS: number; best: number },
): number => {
  let best = known;
  const mostOut = Math.min(...lights.map(({ out }) => out[1]));
  const mostBack = Math.min(...lights.map(({ back }) => back[1]));
  const descend = (k: number, out: Pieces, back: Pieces) => {
    const bound = worth({
      out: Math.min(mostOut, widest(out, cycleS)),
      back: Math.min(mostBack, widest(back, cycleS)),
    });
    if (bound <= best) return;
    const light = lights[k];
    if (!light) {
      best = bound;
      return;
    }
    for (let offset = 0; offset < (k === 0 ? stepS : cycleS); offset += stepS) {
      const here = piecesOf(light.out[0] + offset - light.outS, light.out[1], cycleS);
      const there = piecesOf(light.back[0] + offset + light.backS, light.back[1], cycleS);
      descend(k + 1, both(out, here), both(back, there));
    }
  };
  descend(0, [[0, cycleS]], [[0, cycleS]]);
  return best;
};
