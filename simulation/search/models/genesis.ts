/**
 * Declares the search of a genesis: nodes of one district that have met and have no group, each of
 * which may propose, in every order, with a crash among them. `expect` names them all.
 *
 * A group is founded where a node holds it, in memory or on its disk, and what is on a disk stays
 * there: so that no two are ever founded is an invariant of single states.
 */
import { compareBallots, isSameBallot } from '../../../machines/founding.ts';
import { type Context as Genesis, genesisMachine } from '../../../machines/genesis.ts';
import type { Ballot, Emitted } from '../../../protocol/event.ts';
import { lan } from '../../../protocol/timing.ts';
import { recovered } from '../disk.ts';
import type { Bounds, Counts, Deal, Model } from '../model.ts';
import { type NodeSetup, type NodeView, storeOf } from '../node.ts';

const DISTRICT = 'd';
const timing = lan();

const sighted = (node: string): Emitted => ({
  type: 'membership.sighted',
  ...{ peer: node, store: storeOf(node), group: '', phase: 'joining', host: 'h', port: 1 },
});

const setupOf = (nodes: readonly string[]): NodeSetup => ({
  concerns: { genesis: genesisMachine },
  nodes,
  inputs: (node, disk) => ({
    genesis: {
      ...{ id: node, store: storeOf(node), district: DISTRICT, timing },
      ...{ expect: nodes.length, isObserver: false },
      ...{ stored: recovered(disk).group, ballot: recovered(disk).ballot },
    },
  }),
  feeds: (node) => [
    ...nodes.filter((other) => other !== node).map(sighted),
    { type: 'membership.settled' },
  ],
  markCrash: (disk) => {
    const accepted = recovered(disk).ballot?.accepted;
    return accepted ? { ...disk, [BEFORE_CRASH]: accepted.ballot } : disk;
  },
});

/** Where a disk tells what its node had accepted when it crashed. No machine reads it. */
const BEFORE_CRASH = 'before crash';

/** Whether a node proposes in a ballot of its own what it had accepted before it crashed. */
const takesUpAfterCrash = ({ before, after }: Deal): boolean => {
  const [was, is] = [genesisOf(before)?.accepted, genesisOf(after)?.accepted];
  const mark = before.local.disk[BEFORE_CRASH] as Ballot | undefined;
  return (
    mark !== undefined &&
    was != null &&
    isSameBallot(was.ballot, mark) &&
    is?.genesis === was.genesis &&
    is.ballot.node === after.local.node &&
    !isSameBallot(is.ballot, mark)
  );
};

const genesisOf = (view: NodeView): Genesis | undefined =>
  view.contextOf('genesis') as Genesis | undefined;

/** The group that a node holds; a node that is down holds what its disk says. */
const groupOf = (view: NodeView): string =>
  genesisOf(view)?.group || (recovered(view.local.disk).group?.group ?? '');

const onlyOneGroup = (groups: readonly unknown[]): string | undefined => {
  const founded = [...new Set(groups.filter((group) => group !== ''))];
  return founded.length > 1 ? `two groups are founded: ${founded.join(' and ')}` : undefined;
};

/** A promise on disk is never taken back (Paxos Made Simple, section 2.2, P1a). */
const promisesStand = ({ before, after }: Deal): string | undefined => {
  const [was, is] = [before, after].map(({ local }) => recovered(local.disk).ballot?.promised);
  if (compareBallots(is ?? null, was ?? null) >= 0) return undefined;
  return `${after.local.node} forgets a promise that is on its disk`;
};

/** What a node says it has promised or accepted is on its disk. */
const wordsAreWritten = ({ after, letters }: Deal): string | undefined => {
  const { node, disk } = after.local;
  const { promised = null, accepted = null } = recovered(disk).ballot ?? {};
  for (const { heard } of letters) {
    const isPromise = heard.type === 'genesis.prepare' || heard.type === 'genesis.promise';
    if (isPromise && compareBallots(heard.ballot, promised) > 0) {
      return `${node} says ${heard.type} of a ballot that its disk has not promised`;
    }
    const isAcceptance = heard.type === 'genesis.propose' || heard.type === 'genesis.accept';
    if (isAcceptance && compareBallots(heard.ballot, accepted?.ballot ?? null) !== 0) {
      return `${node} says ${heard.type} of a ballot that its disk has not accepted`;
    }
  }
  return undefined;
};

/** The node whose ballot gave a group its name. */
const founderOf = (group: string): string | undefined => group.split('.')[2];

const sometimes: Model['sometimes'] = {
  'a group is founded': ({ heard }) => heard.some(({ type }) => type === 'genesis.formed'),
  'a ballot is refused': ({ stimulus, letters }) =>
    stimulus.kind === 'hear' &&
    stimulus.letter.heard.type === 'genesis.propose' &&
    letters.some(({ heard }) => heard.type === 'genesis.promise'),
  'a group is proposed again by another node': ({ after, letters }) =>
    letters.some(
      ({ heard }) =>
        heard.type === 'genesis.propose' && founderOf(heard.genesis) !== after.local.node,
    ),
  'a group that another node proposed again is founded': ({ after, heard }) =>
    heard.some(
      (event) =>
        event.type === 'genesis.formed' &&
        recovered(after.local.disk).ballot?.accepted?.ballot.node !== founderOf(event.group),
    ),
  'a node comes back with its promise': ({ stimulus, after }) =>
    stimulus.kind === 'start' && genesisOf(after)?.promised != null,
  'a node comes back with what it accepted, and takes it up in a ballot of its own':
    takesUpAfterCrash,
  'a node comes back with its group': ({ stimulus, heard }) =>
    stimulus.kind === 'start' && heard.some(({ type }) => type === 'genesis.formed'),
};

interface Options {
  readonly name: string;
  readonly title: string;
  readonly nodes: readonly string[];
  /** By node: up to which round it numbers ballots of its own. */
  readonly rounds: Readonly<Record<string, number>>;
  readonly bounds: Bounds;
  readonly counts?: Counts;
}

export const genesisModel = ({ nodes, rounds, ...rest }: Options): Model => ({
  ...rest,
  setup: setupOf(nodes),
  // Letters that could be sent some day are too many to look through; those that are sent are few.
  closureStepsMax: 0,
  limits: [
    ...Object.entries(rounds).map(([node, most]) => `ballots of ${node} up to round ${most}`),
    'no ballot is repeated by the same proposer',
    'all have met and meet again; nobody sights a group',
    'nobody waits longer than its turn',
  ],
  isWithin: (view) => {
    const genesis = genesisOf(view);
    if (!genesis) return true;
    const turn = nodes.indexOf(view.local.node);
    const isRepeated = genesis.tries > 0 || genesis.waited > turn;
    const { round = 0, node = '' } = genesis.promised ?? {};
    return !isRepeated && round <= (rounds[node] ?? 0);
  },
  mayFire: ({ local }, { id }) => !id.includes('.discovery.') || local.node in rounds,
  laws: [promisesStand, wordsAreWritten],
  summary: groupOf,
  invariant: onlyOneGroup,
  sometimes,
});
