/** What the tests of genesis are written with: who meets whom, and the messages of a ballot. */
import { type GenesisInput, genesisMachine } from '../../machines/genesis.ts';
import type { Ballot, Proposal } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { voter } from './log-words.ts';
import { heard, Play } from './play.ts';

export const timing = lan();
export const input: GenesisInput = {
  id: 'b',
  store: 'sb',
  district: 'town',
  timing,
  expect: 3,
  isObserver: false,
  stored: null,
  ballot: null,
};
export const play = (rest: Partial<GenesisInput> = {}) =>
  new Play(genesisMachine, { ...input, ...rest });

const district = 'town';
export const settled = { type: 'membership.settled' as const };
export const written = (ticket: number) => ({
  type: 'storage.written' as const,
  owner: 'genesis',
  ticket,
});
export const sighted = (peer: string, group = '', phase = 'member') => ({
  type: 'membership.sighted' as const,
  ...{ peer, store: `s${peer}`, group, phase, host: 'h', port: 1 },
});
export const ballot = (round: number, node: string, store = `s${node}`): Ballot => ({
  round,
  node,
  store,
});
export const proposal = (
  of: Ballot,
  nodes: readonly string[],
  rest: Partial<Proposal> = {},
): Proposal => ({
  ballot: of,
  genesis: `g-${of.round}${of.node}`,
  voters: nodes.map((node) => voter(node)),
  quorum: 2,
  ...rest,
});
export const prepare = (of: Ballot) =>
  heard(of.node, { type: 'genesis.prepare', district, ballot: of });
export const promise = (from: string, of: Ballot, accepted?: Proposal, store = `s${from}`) =>
  heard(from, {
    type: 'genesis.promise',
    ...{ district, store, ballot: of, ...(accepted && { accepted }) },
  });
export const propose = (of: Proposal) =>
  heard(of.ballot.node, { type: 'genesis.propose', district, ...of });
export const accept = (from: string, of: Ballot, store = `s${from}`) =>
  heard(from, { type: 'genesis.accept', district, store, ballot: of });

/** What is asked to be written of a ballot, and of a group. */
export const notes = (promised: Ballot, accepted: Proposal | null = null) => ({
  type: 'storage.write',
  owner: 'genesis',
  puts: [{ key: 'genesis', value: { promised, accepted } }],
});
export const joins = (group: string, voters: readonly string[] = []) => ({
  type: 'storage.write',
  owner: 'genesis',
  puts: [{ key: 'group', value: { group, voters: voters.map((node) => voter(node)) } }],
});
