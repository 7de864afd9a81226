/** How much traffic there is, what it loses, and, where it is a model, how much is to come. */
import { useState } from 'preact/hooks';
import type { PaneProps } from '../view.ts';
import './traffic.css';

/** Of ordinary demand: as far as the slider goes, and one step of it. */
const MOST = 2;
const STEP = 0.1;

export const TrafficPanel = ({ desk }: PaneProps) => {
  const traffic = desk.slow.value?.picture.traffic;
  const [wanted, want] = useState<number>();
  if (!traffic?.figures) return null;
  const { ordinaryPerHour: ordinary, figures } = traffic;
  const { inside, queue, outside, delayS } = figures;
  const perHour = wanted ?? figures.perHour;
  const round = (value: number) => Math.round(value / 10) * 10;
  const change = async (value: number) => {
    await desk.act({ kind: 'demand', perHour: value }, `${value} vehicles an hour are to come.`);
    want(undefined);
  };
  return (
    <section
      class="traffic"
      aria-label="Traffic"
      data-inside={inside}
      data-demand={figures.perHour}
    >
      <label>
        <span>Traffic</span>
        {desk.source.can('demand') && (
          <input
            type="range"
            aria-label="Demand in vehicles an hour"
            min={0}
            max={round(MOST * ordinary)}
            step={round(STEP * ordinary)}
            value={perHour}
            onInput={({ currentTarget }) => want(Number(currentTarget.value))}
            onChange={({ currentTarget }) => void change(Number(currentTarget.value))}
          />
        )}
        <output>
          <b>{perHour.toLocaleString('en')}</b> an hour
        </output>
      </label>
      <p>
        <i class="bar" /> {inside} on the roads <i class="bar stands" /> {queue} stand
        {outside > 0 && <span class="warn"> {outside} find no room</span>}
      </p>
      {delayS !== undefined && <p>mean delay {delayS.toFixed(0)} s (last five minutes)</p>}
    </section>
  );
};
