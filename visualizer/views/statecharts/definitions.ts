/**
 * The charts of all machines of a node. When the page is built, this file is replaced by what it says
 * (`vite.config.ts`): the page gets them as plain JSON and not the machines a second time, and the
 * names of inline guards do not suffer from being made short.
 */
import { concerns, nodeMachine } from '../../../machines/node.ts';
import type { Chart } from './chart.ts';
import { chartOf } from './define.ts';

export const charts: readonly Chart[] = [
  ...Object.entries(concerns).map(([name, machine]) => chartOf(name, machine)),
  chartOf('node', nodeMachine),
];
