/**
 * The recovery times of a run, as a table that is printed at its end.
 */
import Table from 'cli-table3';
import type { Recovery } from './recovery.ts';

export interface Row {
  readonly what: string;
  readonly recovery?: Recovery;
  readonly note?: string;
}

const times = (rows: readonly Row[], of: (recovery: Recovery) => number): string => {
  const all = rows
    .flatMap(({ recovery }) => (recovery ? [of(recovery)] : []))
    .sort((a, b) => a - b);
  const [least, most] = [all[0], all.at(-1)];
  if (least === undefined) return '';
  const middle = all[Math.floor((all.length - 1) / 2)];
  return all.length === 1 ? `${least}` : `${least} / ${middle} / ${most}`;
};

/** One line for each thing that happened: least, median and most of its times. */
export const tableOf = (title: string, rows: readonly Row[]): string => {
  const table = new Table({
    head: ['', 'times', 'one leader', 'one view', 'all caught up', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const what of new Set(rows.map((row) => row.what))) {
    const same = rows.filter((row) => row.what === what);
    table.push([
      what,
      same.filter(({ recovery }) => recovery).length || '',
      times(same, ({ leaderMs }) => leaderMs),
      times(same, ({ viewMs }) => viewMs),
      times(same, ({ caughtUpMs }) => caughtUpMs),
      same.flatMap(({ note }) => note ?? []).join('; '),
    ]);
  }
  return `${title}: milliseconds until (least / median / most)\n${table}`;
};
