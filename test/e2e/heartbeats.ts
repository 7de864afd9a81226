/** The times of heartbeats, as a node's journal tells that it heard them. */
import { expect } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { lan } from '../../protocol/timing.ts';

const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? 0;

/** When `by` heard beats of `peer`. */
export const beatsOf = (lines: readonly JournalLine[], by: string, peer: string): number[] =>
  lines.flatMap((line) =>
    line.kind === 'heard' && line.node === by && line.type === 'detector.beat' && line.peer === peer
      ? [line.t]
      : [],
  );

interface Beats {
  readonly lines: readonly JournalLine[];
  /** Who heard them. */
  readonly by: string;
  readonly peers: readonly string[];
}

const figuresOf = ({ lines, by, peers }: Beats) =>
  peers.map((peer) => {
    const times = beatsOf(lines, by, peer);
    const gaps = times
      .slice(1)
      .map((t, k) => t - (times[k] ?? t))
      .toSorted((a, b) => a - b);
    return { peer, n: gaps.length, medianMs: median(gaps), maxMs: gaps.at(-1) ?? 0 };
  });

/**
 * Prints how beats of each peer came, and holds that they came as they should: as those of `others`
 * at the same time, to whom nothing was done, because a busy machine makes all of them late.
 */
export const expectBeats = (beats: Beats, others: Beats): void => {
  const [figures, usual] = [figuresOf(beats), figuresOf(others)];
  console.table([...figures, ...usual.map((one) => ({ ...one, peer: `${one.peer} (other)` }))]);
  const { beatMs, heartbeatTimeoutMs } = lan();
  const usualMs = Math.max(beatMs, ...usual.map(({ medianMs }) => medianMs));
  for (const { medianMs, maxMs } of figures) {
    expect(medianMs).toBeLessThan(1.25 * usualMs);
    expect(maxMs).toBeLessThan(heartbeatTimeoutMs);
  }
};
