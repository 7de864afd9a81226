/**
 * Tells how long things took: one instant after another, as an operator reads them.
 */

/** The value below which a share of `values` lies; the greatest for all of them. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

/** `4 ms` or `12.3 s`. */
export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** Median and 99th percentile, with how many there are. */
export const spread = (values: readonly number[]) => ({
  n: values.length,
  p50: Math.round(quantile(values, 0.5) * 10) / 10,
  p99: Math.round(quantile(values, 0.99) * 10) / 10,
});
