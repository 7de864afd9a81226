/** The map in words, for screen readers: each intersection, its lamps, and who serves it. */
import { nodesOf } from '../../../protocol/serving.ts';
import { lampsOf } from '../../lamps-told.ts';
import { roleOf } from '../../picture.ts';
import type { PaneProps } from '../view.ts';

export const MapWords = ({ desk }: PaneProps) => {
  const moment = desk.slow.value;
  if (!moment) return null;
  const { picture } = moment;
  const { streets, nodes } = picture;
  return (
    <ul class="unseen" aria-label="Intersections">
      {streets.intersections.map((intersection) => {
        const lamps = Object.entries(lampsOf(picture, intersection).lamps ?? {});
        const served = nodesOf(intersection).flatMap((id) => {
          const node = nodes.get(id);
          return node ? [`${id} ${roleOf(node)}`] : [];
        });
        return (
          <li key={intersection.id} data-intersection={intersection.id}>
            {intersection.id}: {served.join(', ')}; {lamps.map((pair) => pair.join(' ')).join(', ')}
          </li>
        );
      })}
    </ul>
  );
};
