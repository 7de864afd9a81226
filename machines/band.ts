/**
 * The widest two-way green band along one street: when each intersection's cycle is to begin so that
 * a platoon that is let go at one end meets green all the way, in both directions. Pure neighbour of
 * `green-wave.ts`.
 *
 * Source: Morgan, Little, "Synchronizing traffic signals for maximal bandwidth", Operations Research
 * 12 (1964); objective and ratio of the two bands as in Little, Kelson, Gartner, "MAXBAND",
 * Transportation Research Record 795 (1981). Cycle, splits and the order of stages are given here, so
 * that no integer program is needed: once it is known when the two bands pass the first stop, each
 * stop bounds only the *sum* of their widths, by how far the middles of its two greens are from where
 * the bands want them. One search along a cycle is therefore enough, however many stops there are.
 */

/** A green in the cycle of its intersection. In seconds. */
export interface Green {
  readonly fromS: number;
  readonly lengthS: number;
}

/** An intersection on the street. Travel times are counted from the first stop. In seconds. */
export interface Stop {
  readonly out: Green;
  readonly outS: number;
  /** Absent on a street that is used in one direction. */
  readonly back?: Green;
  /** From here to the first stop. */
  readonly backS?: number;
}

export interface Band {
  /** When the cycle of each stop is to begin, within the cycle of the street. In seconds. */
  readonly offsetsS: readonly number[];
  /** Widths of the bands. In seconds. */
  readonly outS: number;
  readonly backS: number;
}

/** How finely the instant is searched at which the way back passes the first stop. In seconds. */
const GRAIN_S = 0.1;
/** What one band alone is worth beside two that are together as wide: traffic goes both ways. */
const ALONE = 0.96;
/** A green that is shorter than the cycle by less is always green. In seconds. */
const ALWAYS_S = 1e-6;

/** The best offsets; `ratio`: how much the way back is worth for each second of the way out. */
export const widestBand = (stops: readonly Stop[], cycleS: number, ratio = 1): Band => {
  const limits = limitsOf(stops);
  if (!hasBack(stops)) return bandAt(stops, cycleS, { ...limits, back: 0, passS: null });
  const scale = Math.max(1, ratio);
  const weights = { out: 1 / scale, back: ratio / scale };
  const alone =
    weights.out * limits.out >= weights.back * limits.back
      ? { out: limits.out, back: 0, worth: weights.out * limits.out }
      : { out: 0, back: limits.back, worth: weights.back * limits.back };
  const { sumS, passS } = widestPass(stops, cycleS);
  const both = sumS > 0 ? shared(sumS, limits, weights) : null;
  if (!both || both.worth < ALONE * alone.worth) {
    return bandAt(stops, cycleS, { ...alone, passS: null });
  }
  return bandAt(stops, cycleS, { ...both, passS });
};

type TwoWay = Stop & { readonly back: Green; readonly backS: number };
const hasBack = (stops: readonly Stop[]): stops is readonly TwoWay[] =>
  stops.every(({ back, backS }) => back !== undefined && backS !== undefined);

/** No band is wider than the shortest green on its way. */
const limitsOf = (stops: readonly Stop[]) => ({
  out: Math.min(...stops.map(({ out }) => out.lengthS)),
  back: Math.min(...stops.map(({ back }) => back?.lengthS ?? 0)),
});

const middle = ({ fromS, lengthS }: Green) => fromS + lengthS / 2;

/** The offset with which a band in its middle meets a green in its middle. */
const outMiddle = ({ out, outS }: Stop) => outS - middle(out);
const backMiddle = ({ back, backS }: TwoWay, passS: number) => passS - backS - middle(back);

/** From `a` to `b` around the cycle, the shorter way. */
const turn = (a: number, b: number, cycleS: number): number => {
  const forwards = (((b - a) % cycleS) + cycleS) % cycleS;
  return forwards > cycleS / 2 ? forwards - cycleS : forwards;
};

/** When the way back should pass the first stop, and how wide both bands may then be together. */
const widestPass = (stops: readonly TwoWay[], cycleS: number) => {
  // What is always green asks for nothing.
  const rooms = stops
    .filter(({ out, back }) => Math.max(out.lengthS, back.lengthS) < cycleS - ALWAYS_S)
    .map((stop) => ({
      lengthS: stop.out.lengthS + stop.back.lengthS,
      turnS: turn(outMiddle(stop), backMiddle(stop, 0), cycleS),
    }));
  let best = { sumS: Number.NEGATIVE_INFINITY, passS: 0 };
  for (let passS = 0; passS < cycleS; passS += GRAIN_S) {
    let sumS = Number.POSITIVE_INFINITY;
    for (const { lengthS, turnS } of rooms) {
      const onS = (turnS + passS + cycleS / 2) % cycleS;
      sumS = Math.min(sumS, lengthS - 2 * Math.abs((onS < 0 ? onS + cycleS : onS) - cycleS / 2));
    }
    if (sumS > best.sumS + 1e-9) best = { sumS, passS };
  }
  return best;
};

interface Widths {
  readonly out: number;
  readonly back: number;
}

/** Divides `sum`: the one that is worth less is at least as wide, beside the other, as it is worth. */
const shared = (sum: number, limits: Widths, weights: Widths) => {
  const isOutFirst = weights.out >= weights.back;
  const [first, second] = isOutFirst ? [limits.out, limits.back] : [limits.back, limits.out];
  const ratio = Math.min(weights.out, weights.back);
  const fair = Math.min(first, sum / (1 + ratio));
  const less = Math.min(second, sum - fair);
  const more = Math.min(first, sum - less);
  const worth = more + ratio * less;
  return isOutFirst ? { out: more, back: less, worth } : { out: less, back: more, worth };
};

/** Offsets between what the two bands want, nearer to the one that has less room in its green. */
const bandAt = (
  stops: readonly Stop[],
  cycleS: number,
  { out, back, passS }: Widths & { passS: number | null },
): Band => {
  const isOut = out > 0 || !hasBack(stops);
  const offsetsS = stops.map((stop) => {
    if (passS === null) return isOut ? outMiddle(stop) : backMiddle(stop as TwoWay, 0);
    const outRoomS = roomIn(stop.out, out, cycleS);
    const backRoomS = roomIn((stop as TwoWay).back, back, cycleS);
    const [wantedS, otherS] = [outMiddle(stop), backMiddle(stop as TwoWay, passS)];
    if (backRoomS === Number.POSITIVE_INFINITY) return wantedS;
    if (outRoomS === Number.POSITIVE_INFINITY) return otherS;
    const share = outRoomS > 0 ? outRoomS / (outRoomS + backRoomS) : 0;
    return wantedS + turn(wantedS, otherS, cycleS) * share;
  });
  return {
    offsetsS: offsetsS.map((s) => ((s % cycleS) + cycleS) % cycleS),
    outS: out,
    backS: back,
  };
};

const roomIn = ({ lengthS }: Green, bandS: number, cycleS: number): number =>
  lengthS >= cycleS - ALWAYS_S ? Number.POSITIVE_INFINITY : lengthS - bandS;
