/**
 * Writes a statechart as a Mermaid diagram, which GitHub and editors draw. What changes no state is a
 * list below it, because arrows from a state to itself hide the others.
 */
import type { Chart, ChartState, ChartTransition } from '../visualizer/views/statecharts/chart.ts';
import { triggerText } from '../visualizer/views/statecharts/chart.ts';

const nameOf = (path: string): string => `s_${path.replaceAll('.', '_')}`;

const stateLines = (state: ChartState, indent: string): string[] => {
  const own = nameOf(state.path);
  const label = `${indent}state "${state.name}" as ${own}`;
  if (state.states.length === 0) return [label];
  const inner = `${indent}  `;
  return [
    `${label} {`,
    ...(state.initial === undefined ? [] : [`${inner}[*] --> ${nameOf(state.initial)}`]),
    ...state.states.flatMap((child) => stateLines(child, inner)),
    `${indent}}`,
  ];
};

const labelOf = (transition: ChartTransition): string =>
  `${triggerText(transition)}${transition.guard ? ` [${transition.guard}]` : ''}`
    .replaceAll(':', ' ')
    .replaceAll(';', ',');

/** Several transitions between the same two states are one arrow with several lines. */
const arrows = (transitions: readonly ChartTransition[]): string[] => {
  const labels = new Map<string, string[]>();
  for (const transition of transitions) {
    const { from, to } = transition;
    if (to === undefined || (from === to && !transition.isReentry)) continue;
    const arrow = `${nameOf(from)} --> ${nameOf(to)}`;
    labels.set(arrow, [...(labels.get(arrow) ?? []), labelOf(transition)]);
  }
  return [...labels].map(([arrow, lines]) => `  ${arrow} : ${[...new Set(lines)].join('<br/>')}`);
};

export const mermaidOf = ({ root, transitions }: Chart): string => {
  const stays = transitions.filter(({ to }) => to === undefined);
  const events = [...new Set(stays.map((transition) => `\`${triggerText(transition)}\``))].sort();
  const chart = [
    '```mermaid',
    'stateDiagram-v2',
    ...stateLines(root, '  '),
    ...arrows(transitions),
    '```',
  ].join('\n');
  return events.length > 0
    ? `${chart}\n\nHeard without a change of state: ${events.join(', ')}.`
    : chart;
};
