/** Green for an emergency vehicle at the selected intersection. */
import { useState } from 'preact/hooks';
import type { Desk } from '../desk.ts';
import type { Picture } from '../picture.ts';

const FOR_S = 20;

interface Props {
  readonly desk: Desk;
  readonly picture: Picture;
  readonly intersection: string;
}

export const PreemptPanel = ({ desk, picture, intersection }: Props) => {
  const found = picture.streets.intersections.find(({ id }) => id === intersection);
  const [chosen, setChosen] = useState('');
  if (!found || !desk.source.can('preempt')) return null;
  const groups = found.groups.filter(({ kind }) => kind !== 'pedestrian').map(({ id }) => id);
  const group = groups.includes(chosen) ? chosen : (groups[0] ?? '');
  const call = () =>
    desk.act(
      { kind: 'preempt', intersection, group, forS: FOR_S },
      `Green for ${group} at ${intersection} is called.`,
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
        <button type="button" onClick={() => void call()}>
          Green for {FOR_S} s
        </button>
      </div>
    </section>
  );
};
