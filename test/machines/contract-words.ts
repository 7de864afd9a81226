/** Words for tests of changes of the contract: two timings, and the commands between them. */
import { apply, initialState, problemsOf } from '../../machines/district-state.ts';
import type { Command, State } from '../../protocol/command.ts';
import { digestOf } from '../../protocol/digest.ts';
import { lan, type Timing } from '../../protocol/timing.ts';
import { admitting, voters } from './log-words.ts';

export const first = lan();
export const second: Timing = { ...lan(), beatMs: 300, leaseMs: 1100 };
export const third: Timing = { ...lan(), beatMs: 280 };

export const prepare = (to = second, from = first): Command => ({
  kind: 'contract.prepare',
  ...{ from, to },
});
export const ready = (node: string, to = second, store = `s${node}`): Command => ({
  kind: 'contract.ready',
  ...{ next: digestOf(to), node, store },
});
export const switching = (to = second, ...absent: string[]): Command => ({
  kind: 'contract.switch',
  ...{ next: digestOf(to), absent },
});
export const withdraw = (to = second): Command => ({
  kind: 'contract.withdraw',
  next: digestOf(to),
});
/** Members a, b, c; then these. */
export const agreed = (...commands: Command[]): State =>
  [...['a', 'b', 'c'].map((node) => admitting(node)), ...commands].reduce<State>(
    apply,
    initialState(voters),
  );
export const change = (to = second, from = first): Command[] => [
  prepare(to, from),
  ...['a', 'b', 'c'].map((node) => ready(node, to)),
  switching(to),
];
export const verdict = (state: State, command: Command) => problemsOf(state, command).join('; ');
