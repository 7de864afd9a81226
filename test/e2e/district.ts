/**
 * A district of real node processes, started for a test and waited for until it agrees on a plan.
 */
import type { DistrictFile } from '../../protocol/district.ts';
import type { Fact } from '../../protocol/event.ts';
import type { Bench, Process } from './processes.ts';

export interface Running {
  readonly district: DistrictFile;
  readonly file: string;
  readonly lamps: Process;
  readonly nodes: ReadonlyMap<string, Process>;
  readonly leader: string;
  /** Starts a node again, on the disk it had. */
  readonly start: (node: string) => Process;
}

/** Nodes as processes of their own with disks of their own, and one process for all lamps. */
export const startDistrict = async (
  bench: Bench,
  district: DistrictFile,
  /** What else a node is told at its start. */
  more: (node: string) => readonly string[] = () => [],
): Promise<Running> => {
  const file = bench.file(`${district.name}.json`, district);
  const lamps = bench.start('lamps', file, '--json');
  await lamps.until('lamps', () => lamps.lines.length > 0);
  const start = (node: string) => {
    const data = bench.path(`${district.name}-${node}`);
    return bench.start('node', file, node, '--json', '--data', data, ...more(node));
  };
  const ids = district.intersections.map(({ node }) => node ?? '');
  const nodes = new Map(ids.map((id) => [id, start(id)]));
  const all = [...nodes.values()];
  for (const node of all) {
    await inView(node, ids.length - 1);
    await node.fact(
      'replica.committed',
      ({ command }) =>
        command.kind === 'plan.adopt' && command.plan.intersections.length === ids.length,
    );
  }
  const { leader } = await (all[0] as Process).fact('election.elected');
  return { district, file, lamps, nodes, start, leader };
};

/** Waits until the node's view holds `count` peers. */
export const inView = (node: Process, count: number) =>
  node.until(`${count} peers in the view`, () => viewOf(node).size === count);

export const viewOf = ({ lines }: Process): Set<string> => {
  const view = new Set<string>();
  for (const line of lines) {
    if (line.kind !== 'fact') continue;
    if (line.event.type === 'membership.joined') view.add(line.event.peer);
    if (line.event.type === 'membership.left') view.delete(line.event.peer);
  }
  return view;
};

export const isPlan = ({ command }: Extract<Fact, { type: 'replica.committed' }>) =>
  command.kind === 'plan.adopt';
