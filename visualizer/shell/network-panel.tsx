/** Faults of the network: loss, delay, partitions. */
import { useState } from 'preact/hooks';
import type { Desk } from '../desk.ts';

export const NetworkPanel = ({ desk }: { desk: Desk }) => {
  const network = desk.slow.value?.picture.network;
  if (!desk.source.can('weather') && !desk.source.can('heal')) return null;
  const weather = {
    loss: Math.round((network?.lossRatio ?? 0) * 100),
    latency: network?.latencyMsMax ?? 1,
  };
  const change = ({ loss, latency }: typeof weather) => {
    const deed = { kind: 'weather' as const, lossRatio: loss / 100, latencyMsMax: latency };
    void desk.act(deed, `The network loses ${loss} % and takes up to ${latency} ms.`);
  };
  const isHurt =
    network && (network.sides.length > 0 || network.cuts.length + network.slow.length > 0);
  const { node } = desk.selection.value;
  return (
    <section aria-label="Network">
      <h2>Network</h2>
      <Slider
        name="Loss"
        unit="%"
        {...{ min: 0, max: 60, step: 5, value: weather.loss }}
        change={(loss) => change({ ...weather, loss })}
      />
      <Slider
        name="Delay"
        unit="ms"
        {...{ min: 1, max: 401, step: 20, value: weather.latency }}
        change={(latency) => change({ ...weather, latency })}
      />
      <div class="deeds">
        <button
          type="button"
          disabled={node === undefined}
          title="Nobody reaches the selected node, and it reaches nobody"
          onClick={() =>
            node !== undefined &&
            void desk.act({ kind: 'partition', sides: [[node]] }, `${node} is cut off.`)
          }
        >
          Cut off {node ?? 'node'}
        </button>
        <button
          type="button"
          disabled={!isHurt}
          onClick={() => void desk.act({ kind: 'heal' }, 'The network is whole again.')}
        >
          Heal
        </button>
      </div>
      <p class="faint">A line drawn on the map (X) parts the network.</p>
    </section>
  );
};

interface SliderProps {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly change: (value: number) => void;
}

/** It follows what is, but for the moment in which somebody moves it. */
const Slider = ({ name, unit, value, change, ...range }: SliderProps) => {
  const [moved, setMoved] = useState<number>();
  const shown = moved ?? value;
  return (
    <label class="slider">
      <span>{name}</span>
      <input
        type="range"
        {...range}
        value={shown}
        onInput={({ currentTarget }) => setMoved(Number(currentTarget.value))}
        onChange={({ currentTarget }) => {
          change(Number(currentTarget.value));
          setMoved(undefined);
        }}
      />
      <output>
        {shown} {unit}
      </output>
    </label>
  );
};
