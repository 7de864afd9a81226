/** Which types of messages are drawn. */
import type { Signal } from '@preact/signals';

interface Props {
  readonly counts: ReadonlyMap<string, number>;
  readonly hidden: Signal<ReadonlySet<string>>;
  /** What is hidden at first. */
  readonly routine: readonly string[];
}

export const Filter = ({ counts, hidden, routine }: Props) => {
  const types = [...counts.keys()].sort();
  const isHidden = (type: string) => hidden.value.has(type);
  const turn = (type: string) => {
    const next = new Set(hidden.value);
    if (!next.delete(type)) next.add(type);
    hidden.value = next;
  };
  const only = (type: string) => {
    hidden.value = new Set([...routine, ...types].filter((other) => other !== type));
  };
  return (
    <div class="messages-filter" role="toolbar" aria-label="Types of messages">
      <button
        type="button"
        class="filter"
        title="All but signs of life and comparisons of clocks"
        onClick={() => {
          hidden.value = new Set(routine);
        }}
      >
        No routine
      </button>
      <button
        type="button"
        class="filter"
        onClick={() => {
          hidden.value = new Set();
        }}
      >
        All
      </button>
      <span class="bar" />
      {types.map((type) => (
        <button
          key={type}
          type="button"
          class="filter"
          aria-pressed={!isHidden(type)}
          title="Double click: this type alone"
          onClick={() => turn(type)}
          onDblClick={() => only(type)}
        >
          {type} <span class="faint">{counts.get(type)}</span>
        </button>
      ))}
    </div>
  );
};
