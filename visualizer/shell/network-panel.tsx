/** Faults of the network: loss, delay, partitions. */
import { useState } from 'preact/hooks';
import type { Desk } from '../desk.ts';

const CALM = { loss: 0, latency: 1 };

export const NetworkPanel = ({ desk }: { desk: Desk }) => {
  const [weather, setWeather] = useState(CALM);
  const network = desk.slow.value?.picture.network;
  if (!desk.source.can('weather') && !desk.source.can('heal')) return null;
  const change = (next: typeof CALM) => {
    setWeather(next);
    const { loss, latency } = next;
    const deed = { kind: 'weather' as const, lossRatio: loss / 100, latencyMsMax: latency };
    void desk.act(deed, `The network loses ${loss} % and takes up to ${latency} ms.`);
  };
  const isHurt = network && (network.sides.length > 0 || network.cuts.length > 0);
  const { node } = desk.selection.value;
  return (
    <section aria-label="Network">
      <h2>Network</h2>
      <label class="slider">
        <span>Loss</span>
        <input
          type="range"
          min="0"
          max="60"
          step="5"
          value={weather.loss}
          onChange={({ currentTarget }) =>
            change({ ...weather, loss: Number(currentTarget.value) })
          }
        />
        <output>{weather.loss} %</output>
      </label>
      <label class="slider">
        <span>Delay</span>
        <input
          type="range"
          min="1"
          max="401"
          step="20"
          value={weather.latency}
          onChange={({ currentTarget }) =>
            change({ ...weather, latency: Number(currentTarget.value) })
          }
        />
        <output>{weather.latency} ms</output>
      </label>
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
