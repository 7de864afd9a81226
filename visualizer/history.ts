/**
 * A journal that can be looked at as of any instant. It is kept in segments, each with the picture
 * at its beginning, so that looking back reads one segment and not the journal; and the oldest
 * segments are dropped beyond a stated number of lines, so that a page may stay open for days.
 *
 * Lines of several processes come a little out of order. A line counts as of its own time or of the
 * time of the line before it, whichever is later: nothing that was shown is changed afterwards.
 */
import type { JournalLine } from '../protocol/journal.ts';
import { type Opening, openingOf, pictureOf } from './opening.ts';
import { copyOf, type Picture } from './picture.ts';
import { see } from './see.ts';

/** Lines kept by default: about 100 MB, ten minutes of a hundred busy nodes. */
export const LINES_MAX = 400_000;
/** Lines of one segment: what looking back reads at most. */
export const SEGMENT_LINES = 2_000;

interface Segment {
  /** Before its first line. */
  readonly keyframe: Picture;
  readonly lines: JournalLine[];
  /** When each line counts as of; never falls. */
  readonly times: number[];
}

export interface HistoryOptions {
  readonly linesMax?: number;
  readonly segmentLines?: number;
}

/** Where a picture was read up to, so that the next one may go on from there. */
interface Cursor {
  readonly segment: Segment;
  readonly count: number;
  readonly picture: Picture;
}

export class History {
  readonly #linesMax: number;
  readonly #segmentLines: number;
  readonly #latest: Picture;
  #segments: Segment[] = [];
  #count = 0;
  #dropped = 0;
  #lastMs: number;
  #cursor: Cursor | undefined;

  constructor(
    opening: Opening,
    { linesMax = LINES_MAX, segmentLines = SEGMENT_LINES }: HistoryOptions = {},
  ) {
    this.#linesMax = linesMax;
    this.#segmentLines = segmentLines;
    this.#latest = pictureOf(opening);
    this.#lastMs = this.#latest.t;
    this.append(opening.lines ?? []);
  }

  /** Lines that are kept. */
  get count(): number {
    return this.#count;
  }

  /** Lines that were dropped because they were the oldest. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The oldest instant that can be looked at. */
  get firstMs(): number {
    return this.#segments[0]?.times[0] ?? this.#lastMs;
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  append(lines: readonly JournalLine[]): void {
    for (const line of lines) this.#add(line);
    while (this.#count > this.#linesMax && this.#segments.length > 1) {
      const gone = this.#segments.shift()?.lines.length ?? 0;
      this.#count -= gone;
      this.#dropped += gone;
    }
  }

  /** The picture after everything up to and including an instant. It is the caller's to keep. */
  at(atMs: number): Picture {
    if (atMs >= this.#lastMs) return copyOf(this.#latest);
    const segment = this.#segmentAt(atMs);
    if (!segment) return copyOf(this.#segments[0]?.keyframe ?? this.#latest);
    const count = upTo(segment.times, atMs);
    const near = this.#cursor;
    const canGoOn = near?.segment === segment && near.count <= count;
    const from: Cursor = canGoOn ? near : { segment, count: 0, picture: segment.keyframe };
    const picture = copyOf(from.picture);
    for (const line of segment.lines.slice(from.count, count)) see(picture, line);
    this.#cursor = { segment, count, picture };
    return copyOf(picture);
  }

  /** The lines after `fromMs`, up to and including `untilMs`, oldest first; at most `limit`, the
   *  last ones. */
  between(fromMs: number, untilMs: number, limit = Number.POSITIVE_INFINITY): JournalLine[] {
    const found: JournalLine[][] = [];
    let count = 0;
    for (let place = this.#segments.length - 1; place >= 0 && count < limit; place -= 1) {
      const { lines, times } = this.#segments[place] as Segment;
      const some = lines.slice(upTo(times, fromMs), upTo(times, untilMs));
      count += some.length;
      found.unshift(some);
      if ((times[0] ?? 0) <= fromMs) break;
    }
    const all = found.flat();
    return all.length > limit ? all.slice(-limit) : all;
  }

  /** When the next line after an instant stands that `is` accepts; before it, when `isBack`. */
  timeOf(is: (line: JournalLine) => boolean, fromMs: number, isBack = false): number | undefined {
    const start = this.#segments.findIndex(({ times }) => (times.at(-1) ?? 0) >= fromMs);
    const first = start < 0 ? this.#segments.length - 1 : start;
    const step = isBack ? -1 : 1;
    for (let place = first; place >= 0 && place < this.#segments.length; place += step) {
      const { lines, times } = this.#segments[place] as Segment;
      const accepts = (k: number) =>
        isBack
          ? (times[k] as number) < fromMs && is(lines[k] as JournalLine)
          : (times[k] as number) > fromMs && is(lines[k] as JournalLine);
      const places = [...lines.keys()];
      const found = isBack ? places.findLast(accepts) : places.find(accepts);
      if (found !== undefined) return times[found];
    }
    return undefined;
  }

  /** All that is kept, as it is saved or handed on: another history made of it shows the same. */
  opening(): Opening {
    const first = this.#segments[0];
    const lines = this.#segments.flatMap((segment) => segment.lines);
    return { ...openingOf(first?.keyframe ?? this.#latest), lines };
  }

  #add(line: JournalLine): void {
    let segment = this.#segments.at(-1);
    if (!segment || segment.lines.length >= this.#segmentLines) {
      segment = { keyframe: copyOf(this.#latest), lines: [], times: [] };
      this.#segments.push(segment);
    }
    this.#lastMs = Math.max(this.#lastMs, line.t);
    segment.lines.push(line);
    segment.times.push(this.#lastMs);
    this.#count += 1;
    see(this.#latest, line);
  }

  /** The last segment that begins not after an instant. */
  #segmentAt(atMs: number): Segment | undefined {
    let [low, high] = [0, this.#segments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle]?.times[0] ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return this.#segments[low - 1];
  }
}

/** How many times are not after an instant. */
const upTo = (times: readonly number[], atMs: number): number => {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
};
