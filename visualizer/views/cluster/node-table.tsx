/** A row for each node: what it is, what it believes, and how the others see it. */
import type { Desk, Moment } from '../../desk.ts';
import { leaderOf, type NodePicture, type Picture, roleOf } from '../../picture.ts';
import { bytesText, milliseconds } from '../../words.ts';
import { signOf } from '../map/badge.ts';
import { silencesAt } from './silence.ts';

interface Props {
  readonly desk: Desk;
  readonly moment: Moment;
}

const HEADS: readonly (readonly [string, string])[] = [
  ['Node', 'The node’s id, and the intersection it serves'],
  ['Role', 'What it takes itself for; V marks a voter'],
  ['Term', 'The latest term it has entered'],
  ['Commit', 'Up to which entry it knows the log to be agreed'],
  ['View', 'Peers that it has in view, of all others that run'],
  ['φ', 'Of its silence, as the leader hears it; and by how many it is suspected'],
  ['Life', 'Its incarnation, as its peers have it'],
  ['Clock', 'How far its clock may be from the group’s'],
  ['Out', 'Bytes a second that it sends'],
  ['In', 'Bytes a second that it takes'],
  ['Stage', 'The stage that has green, and by what it is timed'],
];

export const NodeTable = ({ desk, moment }: Props) => {
  const { picture } = moment;
  const { nodes } = picture;
  const silences = silencesAt(moment);
  const running = [...nodes.values()].filter((node) => isRunning(node)).length;
  const leader = leaderOf(picture)?.node;
  const voters = new Set(picture.voters.map(({ node }) => node));
  return (
    <div class="scrolled node-table">
      <table>
        <caption class="unseen">Nodes</caption>
        <thead>
          <tr>
            {HEADS.map(([name, meaning]) => (
              <th key={name} scope="col" title={meaning}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...nodes.values()].map((node) => (
            <Row
              key={node.node}
              desk={desk}
              node={node}
              picture={picture}
              running={running}
              isLeader={node.node === leader}
              isVoter={voters.has(node.node)}
              silence={silences.get(node.node)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
};

const isRunning = ({ standing }: NodePicture) => standing === 'up' || standing === 'stalled';

interface RowProps {
  readonly desk: Desk;
  readonly picture: Picture;
  /** φ of its silence, where the leader hears it. */
  readonly silence: number | undefined;
  readonly node: NodePicture;
  readonly running: number;
  readonly isLeader: boolean;
  readonly isVoter: boolean;
}

const Row = ({ desk, node, picture, running, isLeader, isVoter, silence }: RowProps) => {
  const isChosen = desk.selection.value.node === node.node;
  const role = node.standing === 'stalled' ? 'stands still' : roleOf(node);
  const isThere = isRunning(node);
  const select = () => {
    const { node: id, intersection } = node;
    desk.selection.value = { node: id, ...(intersection !== undefined && { intersection }) };
  };
  return (
    <tr class={isChosen ? 'chosen' : ''} data-node={node.node} data-role={role}>
      <th scope="row">
        <button type="button" class="plain" onClick={select}>
          {node.node}
        </button>{' '}
        <span class="faint">{node.intersection}</span>
      </th>
      <td class={`role ${isLeader ? 'leader' : role.replace(' ', '-')}`}>
        <span aria-hidden="true">{signOf(node)}</span> {role}
        {isVoter && <abbr title="voter"> V</abbr>}
      </td>
      <td class="number">{isThere ? node.term : ''}</td>
      <td class="number">{isThere ? node.commit : ''}</td>
      <td class="number">{isThere ? viewText(node, running) : ''}</td>
      <td>{suspicionText(node, picture, silence)}</td>
      <td class="number">{node.incarnation}</td>
      <td class="number">{node.boundMs === undefined ? '' : `± ${milliseconds(node.boundMs)}`}</td>
      <td class="number">{bytesText(node.said.perSecond)}</td>
      <td class="number">{bytesText(node.heard.perSecond)}</td>
      <td>
        {isThere && node.stage} <span class="faint">{isThere && node.mode}</span>
      </td>
    </tr>
  );
};

/** An observer's journal has neither views of others nor their machines. */
const viewText = ({ view, machines }: NodePicture, running: number): string => {
  const isObserved = Object.keys(machines).length === 0 && running > 1;
  return isObserved ? '–' : `${view.size} / ${running - 1}`;
};

const suspicionText = (
  { node, phi, standing }: NodePicture,
  { nodes }: Picture,
  silence: number | undefined,
): string => {
  const phis = [...nodes.values()].flatMap(({ view }) => view.get(node)?.suspected?.phi ?? []);
  if (phis.length > 0) return `φ ${Math.max(...phis).toFixed(1)} by ${phis.length}`;
  const heard = phi ?? (standing === 'down' ? undefined : silence);
  return heard === undefined ? '' : `φ ${heard.toFixed(1)}`;
};
