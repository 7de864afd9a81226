/** Above each lifeline whose it is, and what it is now. */
import type { Desk } from '../../desk.ts';
import { leaderOf, type Picture } from '../../picture.ts';
import { signOf } from '../map/badge.ts';
import type { Scene } from './scene.ts';
import type { Frame } from './sequence.tsx';

interface Props {
  readonly desk: Desk;
  readonly scene: Scene;
  readonly frame: Frame;
  readonly picture: Picture;
}

export const NodeHeads = ({ desk, scene: { columns, left }, frame, picture }: Props) => {
  const leader = leaderOf(picture)?.node;
  return (
    <div class="node-heads" style={{ width: `${frame.width}px` }}>
      {left > 0 && <span class="faint">{left} more</span>}
      {columns.map((id) => {
        const node = picture.nodes.get(id);
        const sign = node ? signOf(node) : '◎';
        const isChosen = desk.selection.value.node === id;
        const select = () => {
          const intersection = node?.intersection;
          desk.selection.value = isChosen
            ? {}
            : { node: id, ...(intersection !== undefined && { intersection }) };
        };
        return (
          <button
            key={id}
            type="button"
            class={id === leader ? 'leader' : ''}
            aria-pressed={isChosen}
            style={{ left: `${frame.x(id)}px` }}
            onClick={select}
          >
            {sign !== '' && <span aria-hidden="true">{sign} </span>}
            {id}
          </button>
        );
      })}
    </div>
  );
};
