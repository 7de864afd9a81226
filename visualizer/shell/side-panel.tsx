/** What is selected, and what can be done to it and to the network. */
import type { Deed } from '../deed.ts';
import type { Desk } from '../desk.ts';
import { type NodePicture, outermost, roleOf } from '../picture.ts';
import { milliseconds } from '../words.ts';
import { LinkPanel } from './link-panel.tsx';
import { NetworkPanel } from './network-panel.tsx';
import { PreemptPanel } from './preempt-panel.tsx';

const STALL_S = 5;
const DRIFT_PPM = 2000;

export const SidePanel = ({ desk }: { desk: Desk }) => {
  const moment = desk.slow.value;
  const { node, intersection } = desk.selection.value;
  const picture = node === undefined ? undefined : moment?.picture.nodes.get(node);
  const { readOnly } = desk.source;
  return (
    <aside class="side-panel" aria-label="What is selected">
      {picture ? (
        <NodePanel desk={desk} node={picture} />
      ) : (
        <section>
          <h2>Nothing selected</h2>
          <p class="faint">Choose an intersection on the map or a node in the table.</p>
        </section>
      )}
      {intersection !== undefined && moment && (
        <PreemptPanel desk={desk} picture={moment.picture} intersection={intersection} />
      )}
      {picture && moment && <LinkPanel desk={desk} picture={moment.picture} node={picture.node} />}
      {readOnly !== undefined && <p class="read-only">Read only: {readOnly}.</p>}
      <NetworkPanel desk={desk} />
    </aside>
  );
};

const NodePanel = ({ desk, node }: { desk: Desk; node: NodePicture }) => {
  const isThere = node.standing !== 'down' && node.standing !== 'unknown';
  const facts: (readonly [string, string | number | undefined])[] = [
    ['Role', node.standing === 'stalled' ? 'stands still' : roleOf(node)],
    ['Follows', node.leader],
    ['Term', isThere ? node.term : undefined],
    ['Commit', isThere ? node.commit : undefined],
    ['Plan', node.plan],
    ['Stage', node.stage && `${node.stage} (${node.mode})`],
    ['Clock', node.boundMs === undefined ? undefined : `± ${milliseconds(node.boundMs)}`],
    ['Skew', node.driftPpm === 0 ? undefined : `${node.driftPpm} µs a second`],
    ['Group', node.group],
    ['Process', node.pid],
  ];
  return (
    <section aria-label={`Node ${node.node}`}>
      <h2>
        {node.node} <span class="faint">{node.intersection}</span>
      </h2>
      <dl class="facts">
        {facts.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <NodeDeeds desk={desk} node={node} />
      <Machines node={node} />
      {node.trouble !== undefined && <p class="bad">{node.trouble}</p>}
    </section>
  );
};

const NodeDeeds = ({ desk, node: picture }: { desk: Desk; node: NodePicture }) => {
  const { node, standing } = picture;
  const isDrifting = picture.driftPpm !== 0;
  const isDown = standing === 'down';
  const ppm = isDrifting ? 0 : DRIFT_PPM;
  const deeds: { text: string; title: string; deed: Deed; done: string; isOff: boolean }[] = [
    {
      text: 'Kill',
      title: 'SIGKILL: it ends at once and says nothing',
      deed: { kind: 'kill', node },
      done: `${node} was killed.`,
      isOff: isDown,
    },
    {
      text: 'Stop',
      title: 'Ask it to stop: it says goodbye, and hands leadership over',
      deed: { kind: 'stop', node },
      done: `${node} was asked to stop.`,
      isOff: isDown,
    },
    {
      text: `Stall ${STALL_S} s`,
      title: 'SIGSTOP, and SIGCONT later: its process stands still',
      deed: { kind: 'stall', node, forS: STALL_S },
      done: `${node} stands still for ${STALL_S} s.`,
      isOff: isDown,
    },
    {
      text: 'Restart',
      title: 'Start it again, on the disk it had',
      deed: { kind: 'restart', node },
      done: `${node} starts.`,
      isOff: !isDown,
    },
    {
      text: isDrifting ? 'Steady clock' : 'Skew clock',
      title: `Its host’s clock gains ${DRIFT_PPM} µs a second`,
      deed: { kind: 'drift', node, ppm },
      done: `The clock of ${node} gains ${ppm} µs a second.`,
      isOff: false,
    },
  ];
  const offered = deeds.filter(({ deed }) => desk.source.can(deed.kind));
  if (offered.length === 0) return null;
  return (
    <fieldset class="deeds" aria-label={`Faults of ${node}`}>
      {offered.map(({ text, title, deed, done, isOff }) => (
        <button
          key={deed.kind}
          type="button"
          class={deed.kind === 'kill' ? 'bad' : ''}
          title={title}
          disabled={isOff}
          onClick={() => void desk.act(deed, done)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
};

const Machines = ({ node: { machines } }: { node: NodePicture }) => {
  const names = Object.keys(machines).sort();
  if (names.length === 0) return null;
  return (
    <details class="machines">
      <summary>{names.length} machines</summary>
      <dl class="facts">
        {names.map((name) => (
          <div key={name} title={JSON.stringify(machines[name])}>
            <dt>{name}</dt>
            <dd>{stateText(machines[name])}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
};

/** `follower.waiting`, and of parallel regions the first. */
const stateText = (value: unknown): string => {
  const name = outermost(value) ?? '';
  if (typeof value !== 'object' || value === null) return name;
  return `${name}.${stateText((value as Record<string, unknown>)[name])}`;
};
