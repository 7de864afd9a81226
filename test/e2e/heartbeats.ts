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

/** Prints how beats of each peer came, and holds that they came as they should. */
export const expectBeats = (
  lines: readonly JournalLine[],
  by: string,
  peers: readonly string[],
): void => {
  const figures = peers.map((peer) => {
    const times = beatsOf(lines, by, peer);
    const gaps = times
      .slice(1)
      .map((t, k) => t - (times[k] ?? t))
      .toSorted((a, b) => a - b);
    return { peer, n: gaps.length, medianMs: median(gaps), maxMs: gaps.at(-1) ?? 0 };
  });
  console.table(figures);
  const { beatMs, heartbeatTimeoutMs } = lan();
  for (const { medianMs, maxMs } of figures) {
    expect(medianMs).toBeLessThan(1.25 * beatMs);
    expect(maxMs).toBeLessThan(heartbeatTimeoutMs);
  }
};
