/** What the runs of `greenwave bench-traffic` came to: their means, and the table of these. */
import Table from 'cli-table3';
import type { Control } from '../protocol/control.ts';
import type { OwnControl } from '../traffic/sumo-own-programs.ts';
import { rounded } from './drive-words.ts';

export type AnyControl = Control | OwnControl;

/** What one run came to; of SUMO's own programs nobody judges the lamps. */
export interface Row {
  readonly scenario: string;
  readonly control: AnyControl;
  readonly seed: number;
  readonly meanDelayS: number;
  readonly vehicles: number;
  readonly co2Kg: number;
  readonly teleports: number;
  readonly emergencyStops: number;
  readonly longestRedS?: number;
  readonly unsafe?: number;
}

export interface Mean {
  readonly scenario: string;
  readonly control: AnyControl;
  readonly n: number;
  readonly meanDelayS: number;
  readonly leastS: number;
  readonly mostS: number;
  readonly co2Kg: number;
  readonly teleports: number;
  readonly emergencyStops: number;
  readonly longestRedS: number;
  readonly unsafe: number;
}

export const meansOf = (rows: readonly Row[]): Mean[] => {
  const lists = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.scenario} ${row.control}`;
    lists.set(key, [...(lists.get(key) ?? []), row]);
  }
  return [...lists.values()].map((list) => {
    const delays = list.map(({ meanDelayS }) => meanDelayS);
    const mean = (values: readonly number[]) =>
      values.reduce((sum, one) => sum + one, 0) / values.length;
    const most = (of: (row: Row) => number) => Math.max(...list.map(of));
    const { scenario, control } = list[0] as Row;
    return rounded({
      scenario,
      control,
      n: list.length,
      meanDelayS: mean(delays),
      leastS: Math.min(...delays),
      mostS: Math.max(...delays),
      co2Kg: mean(list.map(({ co2Kg }) => co2Kg)),
      teleports: most(({ teleports }) => teleports),
      emergencyStops: most(({ emergencyStops }) => emergencyStops),
      longestRedS: most(({ longestRedS = 0 }) => longestRedS),
      unsafe: most(({ unsafe = 0 }) => unsafe),
    });
  });
};

/** A row for each scenario, a column for each control; `!` marks what was unsafe. */
export const tableOf = (means: readonly Mean[], controls: readonly AnyControl[]): string => {
  const table = new Table({
    head: ['', ...controls],
    style: { head: [], border: [], compact: true },
  });
  for (const scenario of new Set(means.map((mean) => mean.scenario))) {
    const cells = controls.map((control) => {
      const mean = means.find((one) => one.scenario === scenario && one.control === control);
      if (!mean) return '';
      const { meanDelayS, leastS, mostS, unsafe, teleports } = mean;
      const marks = `${unsafe > 0 ? ' !' : ''}${teleports > 2 ? ` ${teleports} teleports` : ''}`;
      return `${meanDelayS.toFixed(1)} (${leastS.toFixed(1)}–${mostS.toFixed(1)})${marks}`;
    });
    table.push([scenario, ...cells]);
  }
  return table.toString();
};
