/** What shapes mean, and the weather of the network, in a corner of the map. */
import type { PaneProps } from '../view.ts';

const LAMPS = [
  ['●', 'green', 'green'],
  ['○', 'green', 'green that yields'],
  ['▲', 'amber', 'amber'],
  ['■', 'red', 'red'],
  ['□', 'red', 'flashing'],
] as const;

export const MapLegend = ({ desk }: PaneProps) => {
  const network = desk.slow.value?.picture.network;
  const isParted = network && network.sides.length > 0;
  return (
    <div class="map-legend">
      {network && network.lossRatio > 0 && (
        <p class="warn">··· the network loses {Math.round(network.lossRatio * 100)} %</p>
      )}
      {isParted && (
        <p class="bad">✕ parted: {network.sides.map((side) => side.join(' ')).join(' | ')}</p>
      )}
      <ul>
        {LAMPS.map(([shape, colour, text]) => (
          <li key={text}>
            <span class={`lamp ${colour}`} aria-hidden="true">
              {shape}
            </span>
            {text}
          </li>
        ))}
        <li>
          <span class="star" aria-hidden="true">
            ★
          </span>
          leader
        </li>
      </ul>
    </div>
  );
};
