/** Tells a person which model is searched, within what, and what came of it. */
import pc from 'picocolors';
import type { Model } from '../simulation/search/model.ts';
import type { Checked, Pace } from './check-model.ts';

const count = (number: number): string => number.toLocaleString('en');

/** A model is good when all of it was seen, nothing was wrong, and it is not vacuous. */
export const isGood = ({ verdict, sometimes }: Checked): boolean =>
  verdict === 'exhausted' && Object.values(sometimes).every(Boolean);

export const titleText = ({
  name,
  title,
  bounds,
  limits,
}: Pick<Model, 'name' | 'title' | 'bounds' | 'limits'>): string => {
  const most = Object.entries(bounds).map(([what, most]) => `${most} ${what}`);
  return [`${pc.bold(name)}: ${title}`, `  within ${most.join(', ')}`, ...limits.map(item)].join(
    '\n',
  );
};

const item = (text: string): string => `  and ${text}`;

export const progressText = ({ name, states, depth, statesPerCpuSecond }: Pace): string =>
  `${name}: ${count(states)} states, depth ${depth}, ${count(statesPerCpuSecond)} states a CPU-second`;

export const resultText = (checked: Checked): string => {
  const { verdict, states, transitions, depth, cpuSeconds, statesPerCpuSecond } = checked;
  const figures =
    `${count(states)} states, ${count(transitions)} transitions, depth ${depth}, ` +
    `in ${cpuSeconds} CPU-seconds (${count(statesPerCpuSecond)} states a CPU-second)`;
  const colour = isGood(checked) ? pc.green : pc.red;
  const sometimes = Object.entries(checked.sometimes).map(([what, isReached]) =>
    isReached ? `  sometimes ${what}` : pc.red(`  never: ${what}`),
  );
  const { known } = checked;
  const isKnown = !known || (states === known.states && transitions === known.transitions);
  if (verdict === 'exhausted' && !isKnown) {
    const before = `${count(known.states)} states and ${count(known.transitions)} transitions`;
    sometimes.unshift(pc.yellow(`  it had ${before} before: a machine or the model has changed`));
  }
  // Who looks at a counterexample need not be told what was not reached on the way.
  const rest = checked.diagram === undefined ? sometimes : ['', checked.diagram];
  return [colour(`  ${verdict}: ${figures}`), ...rest].join('\n');
};
