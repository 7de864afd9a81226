/** Which node and which machine: a list of all machines, each with the state that it is in. */
import type { Signal } from '@preact/signals';
import type { Picture } from '../../picture.ts';
import type { Chart } from './chart.ts';
import { valueText } from './implementation-names.ts';

interface Props {
  readonly charts: readonly Chart[];
  readonly picture: Picture;
  readonly node: string;
  readonly machine: string;
  readonly isFull: Signal<boolean>;
  readonly isCovered: Signal<boolean>;
  readonly choose: (machine: string) => void;
  readonly select: (node: string) => void;
}

export const Choice = (props: Props) => {
  const { charts, picture, node, machine, choose, select } = props;
  const { machines } = picture.nodes.get(node) ?? {};
  return (
    <>
      <div class="chart-node">
        <label>
          Node{' '}
          <select value={node} onChange={({ currentTarget }) => select(currentTarget.value)}>
            {[...picture.nodes.values()].map(({ node: id, intersection }) => (
              <option key={id} value={id}>
                {id} {intersection !== undefined && `at ${intersection}`}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="chart-node">
        <Switch
          name="details"
          title="Guards, actions and what changes no state"
          of={props.isFull}
        />
        <Switch
          name="coverage"
          title="What generated tests go through, and how many of them"
          of={props.isCovered}
        />
      </div>
      <div class="chart-list" role="listbox" aria-label="Machine" onKeyDown={walk}>
        {charts.map(({ name }) => (
          <button
            key={name}
            type="button"
            role="option"
            class="plain"
            data-machine={name}
            aria-selected={name === machine}
            tabIndex={name === machine ? 0 : -1}
            onClick={() => choose(name)}
          >
            <span>{name}</span>
            <span class="faint" title={valueText(machines?.[name])}>
              {valueText(machines?.[name]) || '–'}
            </span>
          </button>
        ))}
      </div>
    </>
  );
};

const Switch = ({ name, title, of }: { name: string; title: string; of: Signal<boolean> }) => (
  <label title={title}>
    <input
      type="checkbox"
      checked={of.value}
      onChange={({ currentTarget }) => {
        of.value = currentTarget.checked;
      }}
    />{' '}
    {name}
  </label>
);

/** Up and down go through the list, and choose. */
const walk = (event: KeyboardEvent): void => {
  const now = event.target;
  if (!(now instanceof HTMLElement)) return;
  const { key } = event;
  const next =
    key === 'ArrowDown'
      ? now.nextElementSibling
      : key === 'ArrowUp'
        ? now.previousElementSibling
        : undefined;
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
  next.click();
};
