/**
 * The time-space diagram of a corridor, as traffic engineers read it: what the signals showed in the
 * last cycles, what is planned, and the green bands that come of both.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Moment } from '../../desk.ts';
import type { PaneProps } from '../view.ts';
import { type Corridor, corridorsOf } from './corridor.ts';
import { Diagram, type Size } from './diagram.tsx';
import { GroupStrips } from './group-strips.tsx';
import { Recording } from './recording.ts';
import { recordedFrom, sceneOf, scheduleOf, spanOf } from './scene.ts';
import './time-space.css';
import { Trajectories } from './trajectories.ts';
import { BandWords, StopWords, StripLegend } from './words.tsx';

const CYCLES = [2, 3] as const;

export const Pane = ({ desk }: PaneProps) => {
  const moment = desk.slow.value;
  const streets = moment?.picture.streets;
  const corridors = useMemo(() => (streets ? corridorsOf(streets) : []), [streets]);
  const [wanted, want] = useState('');
  const [cycles, setCycles] = useState<number>(CYCLES[0]);
  if (!moment) return <p class="empty">Nothing is known yet.</p>;
  const corridor = corridors.find(({ id }) => id === wanted) ?? corridors[0];
  if (!corridor) {
    return (
      <p class="empty">No links join intersections of this district, so there is no corridor.</p>
    );
  }
  return (
    <section class="time-space" aria-label="Time-space diagram">
      <header>
        <label>
          <span class="unseen">Corridor</span>
          <select value={corridor.id} onChange={({ currentTarget }) => want(currentTarget.value)}>
            {corridors.map((one) => (
              <option key={one.id} value={one.id}>
                {titleOf(one)}
              </option>
            ))}
          </select>
        </label>
        <div class="buttons" role="toolbar" aria-label="Cycles that are shown">
          {CYCLES.map((count) => (
            <button
              key={count}
              type="button"
              class="live"
              aria-pressed={count === cycles}
              onClick={() => setCycles(count)}
            >
              {count} cycles
            </button>
          ))}
          <button type="button" onClick={() => print()}>
            Print
          </button>
        </div>
      </header>
      <Drawings {...{ desk, corridor, moment, cycles }} />
      <StripLegend />
    </section>
  );
};

const titleOf = ({ stops }: Corridor): string => {
  const [first, last] = [stops[0], stops.at(-1)];
  const km = ((last?.distanceM ?? 0) / 1000).toFixed(1);
  return `${first?.intersection.id} – ${last?.intersection.id} (${stops.length}, ${km} km)`;
};

interface DrawingsProps extends PaneProps {
  readonly corridor: Corridor;
  readonly moment: Moment;
  readonly cycles: number;
}

const Drawings = ({ desk, corridor, moment, cycles }: DrawingsProps) => {
  const recording = useRef(new Recording());
  const trajectories = useRef(new Trajectories());
  const place = useRef<HTMLDivElement>(null);
  const size = useSize(place);
  const { picture, history, t: nowMs } = moment;
  const span = spanOf(nowMs, cycles, scheduleOf(picture)?.plan);
  const known = { fromMs: recordedFrom(span, corridor), toMs: nowMs };
  const changes = recording.current.read(history, known);
  const { traffic } = picture;
  const driven = traffic && trajectories.current.read(history, corridor, traffic, known);
  const scene = sceneOf({ corridor, changes, picture, nowMs, lastMs: history.lastMs, cycles });
  const { intersection: chosen } = desk.selection.value;
  const intersection = picture.streets.intersections.find(({ id }) => id === chosen);
  const isSilent = ![...changes.values()].some((some) => some.some(({ lamps }) => lamps));
  return (
    <>
      <BandWords scene={scene} />
      {isSilent && <p class="warn">No lamps are told in this part of the journal.</p>}
      {!scene.schedule && picture.plan && (
        <p class="warn">
          This journal does not tell the group’s time, so plans stand nowhere in it.
        </p>
      )}
      <div class="time-space-place" ref={place}>
        {size.width > 0 && <Diagram {...{ desk, corridor, scene, picture, size, driven }} />}
      </div>
      {intersection && size.width > 0 && (
        <GroupStrips {...{ intersection, scene, changes, size }} />
      )}
      <StopWords scene={scene} />
    </>
  );
};

/** What room there is; 0 until it is known. */
const useSize = (place: { current: HTMLElement | null }): Size => {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const { current } = place;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => {
      setSize({ width: current.clientWidth, height: current.clientHeight });
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [place]);
  return size;
};
