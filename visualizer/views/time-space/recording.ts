/**
 * What lamps showed over a stretch of the journal. It reads on where it stopped, so that a diagram
 * that moves with the present reads each line once; looking elsewhere begins anew.
 */
import type { History } from '../../history.ts';
import type { Change, Span } from './strip.ts';

export class Recording {
  #history: History | undefined;
  #span: Span = { fromMs: 0, toMs: 0 };
  #changes = new Map<string, Change[]>();

  /** The changes of each intersection; the first is what it showed when the stretch began. */
  read(history: History, wanted: Span): ReadonlyMap<string, readonly Change[]> {
    // What stands beyond the end of the journal is still to come, even when it is looked at.
    const span = { fromMs: wanted.fromMs, toMs: Math.min(wanted.toMs, history.lastMs) };
    const { fromMs, toMs } = this.#span;
    const isFurther = span.fromMs >= fromMs && span.toMs >= toMs && span.fromMs <= toMs;
    const goesOn = history === this.#history && isFurther;
    if (!goesOn) this.#begin(history, span);
    // Lines that came late count as of the last instant, and may be of the one that was read last.
    this.#add(history, { fromMs: goesOn ? toMs - 1 : span.fromMs, toMs: span.toMs });
    for (const changes of this.#changes.values()) {
      const first = changes.findLastIndex(({ atMs }) => atMs <= span.fromMs);
      if (first > 0) changes.splice(0, first);
    }
    this.#span = span;
    return this.#changes;
  }

  #begin(history: History, { fromMs }: Span): void {
    this.#history = history;
    const { intersections } = history.at(fromMs);
    const atMs = Math.max(fromMs, history.firstMs);
    this.#changes = new Map([...intersections].map(([id, { lamps }]) => [id, [{ atMs, lamps }]]));
  }

  #add(history: History, { fromMs, toMs }: Span): void {
    for (const line of history.between(fromMs, toMs)) {
      if (line.kind !== 'lamps') continue;
      const changes = this.#changes.get(line.intersection) ?? [];
      const atMs = Math.max(line.t, changes.at(-1)?.atMs ?? line.t);
      changes.push({ atMs, lamps: line.lamps });
      this.#changes.set(line.intersection, changes);
    }
  }
}
