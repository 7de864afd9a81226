/** Green for an emergency vehicle: at the selected intersection, or along a route of several. */
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Stop } from '../../protocol/route.ts';
import type { Desk } from '../desk.ts';
import type { Picture } from '../picture.ts';

const FOR_S = 20;
/** As many as a deed may have. */
const STOPS_MAX = 30;

interface Props {
  readonly desk: Desk;
  readonly picture: Picture;
  readonly intersection: string;
}

/** The route that is being put together, while one goes from intersection to intersection. */
const route = signal<readonly Stop[]>([]);

const textOf = ({ intersection, group }: Stop) => `${intersection} ${group}`;

export const PreemptPanel = ({ desk, picture, intersection }: Props) => {
  const found = picture.streets.intersections.find(({ id }) => id === intersection);
  const [chosen, setChosen] = useState('');
  if (!found || !desk.source.can('preempt')) return null;
  const groups = found.groups.filter(({ kind }) => kind !== 'pedestrian').map(({ id }) => id);
  const group = groups.includes(chosen) ? chosen : (groups[0] ?? '');
  const stop = { intersection, group };
  const call = (stops: readonly Stop[]) =>
    desk.act(
      { kind: 'preempt', route: [...stops], forS: FOR_S },
      `Green is called for ${stops.map(textOf).join(', then ')}.`,
    );
  return (
    <section aria-label="Preemption">
      <h2>Preempt {intersection}</h2>
      <div class="deeds">
        <select
          aria-label="Signal group"
          value={group}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        >
          {groups.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
        <button type="button" onClick={() => void call([stop])}>
          Green for {FOR_S} s
        </button>
        <button
          type="button"
          title="Then choose the next intersection"
          disabled={route.value.length >= STOPS_MAX}
          onClick={() => {
            route.value = [...route.value, stop];
          }}
        >
          Add to a route
        </button>
      </div>
      {route.value.length > 0 && <Route call={call} />}
    </section>
  );
};

const Route = ({ call }: { call: (stops: readonly Stop[]) => Promise<void> }) => {
  const clear = () => {
    route.value = [];
  };
  return (
    <>
      <p class="route">{route.value.map(textOf).join(' → ')}</p>
      <div class="deeds">
        <button
          type="button"
          title="Each is green when a vehicle arrives that drives at the speed of the links"
          onClick={() => void call(route.value).then(clear)}
        >
          Call the route
        </button>
        <button type="button" onClick={clear}>
          Forget it
        </button>
      </div>
    </>
  );
};
