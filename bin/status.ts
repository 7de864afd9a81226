/**
 * `greenwave status`: listens for a while and prints what the nodes on the network say of
 * themselves. It takes no part: it promises nothing, votes for nobody and is in nobody's view.
 */
import Table from 'cli-table3';
import { Command } from 'commander';
import pc from 'picocolors';
import { arrivalsOf, phiAfter } from '../machines/phi.ts';
import type { District } from '../protocol/check-district.ts';
import { PROTOCOL_VERSION } from '../protocol/codec.ts';
import type { Message } from '../protocol/event.ts';
import { contractDigest, discoveryDefault, lan } from '../protocol/timing.ts';
import type { Address } from '../transport/transport.ts';
import { udpTcp } from '../transport/udp-tcp.ts';
import { onStopSignal } from './host.ts';
import {
  INSECURE,
  insecureOption,
  isInsecure,
  type KeyOptions,
  keyFileOption,
  keyringOf,
} from './keys.ts';
import { interfaceAddress, seconds } from './options.ts';
import { OperatorError, readDistrict, shippedDistrict } from './read-district.ts';
import { StatusEar, type Witnessed } from './status-ear.ts';

/** A beat every third of a second, an announcement every five: long enough to hear both. */
const LISTEN_S = 5.5;

interface NodeStatus {
  readonly node: string;
  readonly district: string | null;
  readonly group: string;
  readonly intersection: string | null;
  readonly address: string | null;
  readonly incarnation: number;
  readonly role: 'leader' | 'backup' | 'leaderless' | 'no group';
  readonly leader: string | null;
  readonly term: number;
  readonly commit: number;
  readonly phi: number;
  /** Digests of the contract in force there, and of the one that is to come. */
  readonly contract: string | null;
  readonly nextContract: string | null;
}

interface Options extends KeyOptions {
  readonly interface: string;
  readonly for: number;
  readonly json?: true;
}

export const statusCommand: Command = new Command('status')
  .description('Listen, and print the view, the leader, its term and commit, and φ of each node')
  .argument('[district]', 'district file, when its discovery is not the default')
  .option('--interface <ip>', 'address to listen on', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--for <seconds>', 'how long to listen', seconds, LISTEN_S)
  .option('--json', 'print one JSON object')
  .action(async (file: string | undefined, options: Options) => {
    // Who names no district asks the shipped one: others would be heard, but are not disturbed.
    const named = file === undefined ? undefined : readDistrict(file);
    const district = named ?? readDistrict(shippedDistrict);
    const discovery = named?.discovery ?? discoveryDefault;
    const keyring = keyringOf(district.name, options.interface, options);
    const ear = new StatusEar(district.name, keyring);
    const transport = udpTcp({ discovery, interface: options.interface, keys: keyring });
    const port = await transport.open(ear).catch((error: Error) => {
      throw new OperatorError(error.message);
    });
    ear.ask(port, question(district, port.address));
    await new Promise<void>((resolve) => {
      setTimeout(resolve, options.for * 1000);
      onStopSignal(resolve);
    });
    await port.close();
    const { beatMs } = named?.timing ?? lan();
    const nodes = statusOf(ear.witnessed, beatMs).filter(
      (node) => !named || node.district === null || node.district === named.name,
    );
    const warnings = [
      ...(isInsecure(options.interface, options) ? [INSECURE] : []),
      ...ear.refusals(),
    ];
    const said = options.json
      ? JSON.stringify({ ...summary(nodes), warnings })
      : [...warnings.map((warning) => pc.yellow(warning)), text(nodes)].join('\n');
    process.stdout.write(`${said}\n`);
    if (nodes.length === 0) process.exitCode = 1;
    // A stop signal must not wait for the rest of the listening time.
    process.exit();
  });

/** Asks everybody to announce themselves now; an observer is in nobody's view. */
const question = ({ name, timing, discovery }: District, address: Address): Message => ({
  type: 'membership.announce',
  district: name,
  ...address,
  store: `status-${process.pid}`,
  phase: 'observer',
  asks: true,
  versions: [PROTOCOL_VERSION, PROTOCOL_VERSION],
  contract: contractDigest({ timing, discovery }),
  term: 0,
});

const statusOf = (witnessed: ReadonlyMap<string, Witnessed>, beatMs: number): NodeStatus[] => {
  const now = performance.now();
  return [...witnessed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, { announce, beat, lastAt, intervalsMs }]) => {
      const arrivals = arrivalsOf(intervalsMs, { expectedMs: beatMs, floorMs: beatMs / 8 });
      // In a large district only leaders beat to all; of the others, announcements tell.
      const word = beat ?? announce;
      const leader = word?.leader ?? null;
      const role = leader === node ? 'leader' : leader !== null ? 'backup' : 'leaderless';
      return {
        node,
        district: announce?.district ?? null,
        group: word?.group ?? '',
        intersection: announce?.intersection?.id ?? null,
        address: announce ? `${announce.host}:${announce.port}` : null,
        incarnation: word?.incarnation ?? 0,
        role: word && word.group !== '' ? role : 'no group',
        leader,
        term: word?.term ?? 0,
        commit: beat?.commit ?? 0,
        phi: beat ? Math.max(0, Math.round(phiAfter(now - lastAt, arrivals) * 10) / 10) : 0,
        contract: announce?.contract ?? null,
        nextContract: announce?.next ?? null,
      };
    });
};

/** The same for programs: what each node says, and what the groups amount to. */
const summary = (nodes: readonly NodeStatus[]) => {
  const groups = [...new Set(nodes.map(({ group }) => group))].sort().map((group) => {
    const members = nodes.filter((node) => node.group === group);
    const term = Math.max(...members.map((node) => node.term));
    const leader = members.find((node) => node.role === 'leader' && node.term === term);
    return {
      group,
      district: members.find((node) => node.district !== null)?.district ?? null,
      view: members.map(({ node }) => node),
      leader: leader?.node ?? null,
      term,
      commit: Math.max(...members.map(({ commit }) => commit)),
      contract: sayAs(members, 'contract'),
      nextContract: sayAs(members, 'nextContract'),
    };
  });
  return { groups, nodes };
};

/** Who says which contract: more than one while a change comes to all, or stays away from some. */
const sayAs = (members: readonly NodeStatus[], key: 'contract' | 'nextContract') => {
  const said = [...new Set(members.flatMap((node) => node[key] ?? []))].sort();
  return Object.fromEntries(
    said.map((digest) => [digest, members.flatMap((one) => (one[key] === digest ? one.node : []))]),
  );
};

const contractText = ({ contract, nextContract }: ReturnType<typeof summary>['groups'][number]) => {
  const inForce = Object.entries(contract);
  const said =
    inForce.length > 1
      ? inForce.map(([digest, nodes]) => `${digest} (${nodes.join(', ')})`)
      : inForce.map(([digest]) => digest);
  const coming = Object.entries(nextContract).map(
    ([digest, nodes]) => `; half-way to ${digest}, which ${nodes.length} nodes accept`,
  );
  return said.length > 0 ? `contract ${said.join(', ')}${coming.join('')}\n` : '';
};

const text = (nodes: readonly NodeStatus[]): string => {
  if (nodes.length === 0) return 'Nobody was heard. Is a district up, on this interface?';
  const { groups } = summary(nodes);
  return groups
    .map((one) => {
      const { group, district, view, leader, term, commit } = one;
      const table = new Table({
        head: ['node', 'intersection', 'role', 'term', 'commit', 'φ', 'address'],
        style: { head: [], border: [] },
      });
      for (const node of nodes.filter((one) => one.group === group)) {
        table.push([
          node.node,
          node.intersection ?? '?',
          node.role,
          node.term,
          node.commit,
          node.phi,
          node.address ?? '?',
        ]);
      }
      const title = group === '' ? 'Nodes without a group' : `Group ${group} of ${district ?? '?'}`;
      return `${title}: ${view.length} nodes, leader ${leader ?? 'none'}, term ${term}, commit ${commit}\n${contractText(one)}${table}`;
    })
    .join('\n\n');
};
