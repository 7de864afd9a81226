/** Faults of one link: between the selected node and another, both ways. */
import { useState } from 'preact/hooks';
import type { Deed } from '../deed.ts';
import type { Desk } from '../desk.ts';
import { isCut } from '../network-picture.ts';
import type { Picture } from '../picture.ts';

const SLOW_MS = 300;

interface Props {
  readonly desk: Desk;
  readonly picture: Picture;
  readonly node: string;
}

export const LinkPanel = ({ desk, picture, node }: Props) => {
  const [chosen, setChosen] = useState('');
  const others = peersOf(picture, node);
  const peer = others.includes(chosen) ? chosen : others[0];
  if (peer === undefined || !desk.source.can('cut')) return null;
  const { network } = picture;
  const slow = network.slow.find(([from, to]) => from === node && to === peer);
  const between = { from: node, to: peer };
  const link = `The link between ${node} and ${peer}`;
  const deeds: { text: string; deed: Deed; done: string }[] = [
    { text: 'Cut', deed: { kind: 'cut', ...between }, done: `${link} is cut.` },
    {
      text: `Slow by ${SLOW_MS} ms`,
      deed: { kind: 'slow', ...between, byMs: SLOW_MS },
      done: `${link} takes ${SLOW_MS} ms longer.`,
    },
    { text: 'Mend', deed: { kind: 'mend', ...between }, done: `${link} is as it was.` },
  ];
  const state = isCut(network, node, peer) ? 'cut' : slow ? `${slow[2]} ms slower` : 'whole';
  return (
    <section aria-label="Link">
      <h2>
        Link to{' '}
        <select
          aria-label="The other node"
          value={peer}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        >
          {others.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>{' '}
        <span class="faint">{state}</span>
      </h2>
      <div class="deeds">
        {deeds.map(({ text, deed, done }) => (
          <button key={text} type="button" onClick={() => void desk.act(deed, done)}>
            {text}
          </button>
        ))}
      </div>
    </section>
  );
};

/** Nodes of neighbouring intersections first. */
const peersOf = ({ nodes, streets }: Picture, node: string): string[] => {
  const own = nodes.get(node)?.intersection;
  const near = new Set(
    streets.links.flatMap(({ from, to }) => (from === own ? [to] : to === own ? [from] : [])),
  );
  const isNear = (id: string) => {
    const intersection = nodes.get(id)?.intersection;
    return intersection !== undefined && (intersection === own || near.has(intersection));
  };
  const others = [...nodes.keys()].filter((id) => id !== node);
  return [...others.filter(isNear), ...others.filter((id) => !isNear(id))];
};
