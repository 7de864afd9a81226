/** The bands in words and figures: what somebody reads first, and all that some can read. */
import type { Scene, WayScene } from './scene.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const figure = (ms: number | undefined) => (ms === undefined ? undefined : (ms / 1000).toFixed(1));

export const BandWords = ({ scene }: { scene: Scene }) => (
  <ul class="band-words" aria-label="Green bands">
    {scene.ways.map((one, place) => (
      <li
        key={one.way.name}
        class={place === 0 ? 'up' : 'down'}
        data-way={one.way.name}
        data-planned-s={figure(one.planned && fullMs(one))}
        data-shown-s={figure(one.shownMs)}
      >
        <svg width="16" height="11" aria-hidden="true">
          <path d={place === 0 ? 'M1 10L15 1' : 'M1 1L15 10'} />
        </svg>{' '}
        <b>{one.way.name}</b>{' '}
        <span class="faint">at {Math.round(one.way.speedMps * 3.6)} km/h</span>{' '}
        {plannedWords(one, scene)}
        {one.shownMs !== undefined && (
          <>
            , <b>{seconds(one.shownMs)}</b> shown last
          </>
        )}
      </li>
    ))}
  </ul>
);

/** The band through all stops, and 0 where there is none. */
const fullMs = ({ planned, way }: WayScene): number =>
  planned?.stops === way.stops.length ? planned.widthMs : 0;

const plannedWords = (one: WayScene, { schedule }: Scene) => {
  const { planned, way } = one;
  if (!planned) return 'no plan is known';
  const count = way.stops.length;
  if (planned.stops < count) {
    const last = way.stops[planned.stops - 1]?.intersection.id;
    const far = planned.stops > 1 ? `; ${seconds(planned.widthMs)} as far as ${last}` : '';
    return `no band through all ${count} is planned${far}`;
  }
  const cycleMs = (schedule?.plan.cycleS ?? 0) * 1000;
  const part = cycleMs > 0 && (
    <span class="faint">
      {' '}
      of {cycleMs / 1000} s ({Math.round((100 * planned.widthMs) / cycleMs)} %)
    </span>
  );
  return (
    <>
      band <b>{seconds(planned.widthMs)}</b>
      {part} planned
    </>
  );
};

/** For who does not see the diagram: each intersection, and what it shows each way. */
export const StopWords = ({ scene }: { scene: Scene }) => (
  <ul class="unseen" aria-label="Intersections of the corridor">
    {scene.ways.flatMap(({ way, stops }) =>
      stops.map(({ stop, shown }) => (
        <li key={`${way.name} ${stop.intersection.id}`}>
          {stop.intersection.id} at {Math.round(stop.distanceM)} m, {way.name}{' '}
          {stop.groups.join(' ')}: {shown.at(-1)?.lamp ?? 'unknown'}
        </li>
      )),
    )}
  </ul>
);

export const StripLegend = () => (
  <ul class="strip-legend" aria-label="Legend">
    <li>
      <i class="key full" /> green
    </li>
    <li>
      <i class="key hollow" /> green that yields
    </li>
    <li>
      <i class="key hatched" /> amber
    </li>
    <li>
      <i class="key line" /> red
    </li>
    <li>
      <i class="key broken" /> flashing or dark
    </li>
    <li>
      <i class="key planned" /> planned green
    </li>
    <li>
      <i class="key way" /> a vehicle
    </li>
    <li>▾ a cycle begins</li>
  </ul>
);
