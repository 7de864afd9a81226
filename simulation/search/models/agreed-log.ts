/**
 * Stands in for replicas and elections where a model does without them: a log that is agreed on
 * outside the nodes (`agreement.ts`), and one leader after another.
 *
 * A node is elected at any moment, and others hear of it at any later one. What a leader asks for is
 * appended at once, or lost; it is appended only while nobody was elected after it, as Raft does,
 * where a later leader either holds an entry or it is never committed. What others ask for may also
 * arrive later, twice or never. Each node learns what is committed in order, as late as it likes; one
 * that starts again learns it anew.
 */
import { assign, setup } from 'xstate';
import { apply, problemsOf } from '../../../machines/district-state.ts';
import type { Command, State } from '../../../protocol/command.ts';
import type { BusEvent, Emitted, FactAs } from '../../../protocol/event.ts';
import type { Agreement, Fate, Offer } from '../agreement.ts';
import { canonicalText } from '../interner.ts';
import type { NodeView } from '../node.ts';

interface Asked {
  readonly node: string;
  readonly command: Command;
}

export interface Agreed {
  readonly term: number;
  readonly leader: string;
  readonly entries: readonly { readonly term: number; readonly command: Command }[];
  /** On its way to the leader, in order of text. */
  readonly asked: readonly Asked[];
}

/** What a node knows of the log. */
export interface Known {
  readonly index: number;
  readonly term: number;
  readonly leader: string | null;
}

type Events = FactAs<'election.elected' | 'replica.committed' | 'replica.restored'>;

/** Takes the replica's place in a node: says nothing, and remembers how far the node is. */
export const logMachine = setup({
  types: {} as { context: Known; events: Events },
}).createMachine({
  id: 'log',
  context: { index: 0, term: 0, leader: null },
  on: {
    'election.elected': {
      actions: assign(({ event: { term, leader } }) => ({ term, leader })),
    },
    'replica.committed': {
      actions: assign(({ context, event }) => ({ index: Math.max(context.index, event.index) })),
    },
    'replica.restored': { actions: assign(({ event: { index } }) => ({ index })) },
  },
});

export const knownOf = (view: NodeView): Known | undefined =>
  view.contextOf('log') as Known | undefined;

interface Options {
  readonly leader: string;
  /** What is agreed on at first, before the first entry. */
  readonly base: State;
  readonly termMax: number;
  readonly entriesMax: number;
  /** Requests on their way at once. */
  readonly askedMax: number;
  /** Nodes that may be elected. */
  readonly standing: readonly string[];
}

const FIRST_TERM = 1;
/** Only its leader proposes in a term. */
const isLeaders = ({ kind }: Command) => kind === 'right.grant' || kind === 'timescale.open';
/** What clients ask for is appended at once or not asked for. */
const isHolders = ({ kind }: Command) => kind === 'right.enter' || kind === 'right.release';

export const agreedLog = (options: Options): Agreement => ({
  first: { term: FIRST_TERM, leader: options.leader, entries: [], asked: [] } satisfies Agreed,
  notices: (event, node) =>
    event.type === 'replica.request' ||
    (event.type === 'election.elected' && event.leader === node),
  fates: (agreed, { heard, after }) => {
    const { node } = after.local;
    const elected = heard.reduce(
      (before, event) => electedIn(before, event, node),
      agreed as Agreed,
    );
    const asks = heard.filter((event) => event.type === 'replica.request');
    return fatesOf(elected, { node, commands: asks.map(({ command }) => command) }, options);
  },
  turns: (agreed) => turnsOf(agreed as Agreed, options),
  offers: (agreed, view) => offersOf(agreed as Agreed, view, options),
  place: (view) => {
    const known = knownOf(view);
    return known ? `${known.index} ${known.term}` : 'down';
  },
});

const plain = (agreed: Agreed): Fate => ({ agreed, trouble: null });

const electedIn = (agreed: Agreed, event: BusEvent, node: string): Agreed =>
  event.type === 'election.elected' && event.leader === node && event.term > agreed.term
    ? { ...agreed, term: event.term, leader: node }
    : agreed;

/** All goes well; what the leader asks for is lost; what holders ask for comes later. */
const fatesOf = (
  agreed: Agreed,
  { node, commands }: { node: string; commands: readonly Command[] },
  options: Options,
): readonly Fate[] => {
  const isOffice = (command: Command) =>
    agreed.leader === node && 'term' in command && command.term === agreed.term;
  const heeded = commands.filter((command) => !isLeaders(command) || isOffice(command));
  const append = (some: readonly Command[]): Agreed =>
    some.reduce((before, command) => withEntry(before, command, options), agreed);
  const well = append(heeded);
  const fates: Fate[] = [plain(well)];
  const withoutLeaders = append(heeded.filter((command) => !isLeaders(command)));
  if (withoutLeaders !== well) fates.push({ agreed: withoutLeaders, trouble: 'drops' });
  const late = heeded.filter(isHolders).map((command) => ({ node, command }));
  if (late.length > 0 && agreed.asked.length + late.length <= options.askedMax) {
    const rest = append(heeded.filter((command) => !isHolders(command)));
    fates.push(plain(withAsked(rest, [...agreed.asked, ...late])));
  }
  return fates;
};

const withAsked = (agreed: Agreed, asked: readonly Asked[]): Agreed => {
  const texts = new Map(asked.map((one) => [canonicalText(one), one]));
  const sorted = [...texts.keys()].sort().map((text) => texts.get(text) as Asked);
  return { ...agreed, asked: sorted };
};

/** What changes nothing is not worth an entry. */
const withEntry = (agreed: Agreed, command: Command, { base, entriesMax }: Options): Agreed => {
  const { term, entries } = agreed;
  if (entries.length >= entriesMax) return agreed;
  const state = stateOf(base, entries, entries.length);
  const isVain =
    problemsOf(state, command).length > 0 ||
    canonicalText(apply(state, command)) === canonicalText(state);
  return isVain ? agreed : { ...agreed, entries: [...entries, { term, command }] };
};

const stateOf = (base: State, entries: Agreed['entries'], index: number): State =>
  entries.slice(0, index).reduce((state, { command }) => apply(state, command), base);

const turnsOf = (agreed: Agreed, options: Options): readonly Fate[] =>
  agreed.asked.flatMap(({ command }, k): Fate[] => {
    const next = withEntry(agreed, command, options);
    const rest = agreed.asked.filter((_, other) => other !== k);
    return [plain(withAsked(next, rest)), { agreed: next, trouble: 'duplicates' }];
  });

const offersOf = (agreed: Agreed, view: NodeView, options: Options): readonly Offer[] => {
  const known = knownOf(view);
  const { node } = view.local;
  if (!known) return [];
  const elected = (leader: string, term: number): Emitted => ({
    type: 'election.elected',
    leader,
    term,
  });
  const offers: Offer[] = [];
  const entry = agreed.entries[known.index];
  if (entry) {
    const event: Emitted = { type: 'replica.committed', index: known.index + 1, ...entry };
    offers.push({ event, trouble: null });
  }
  if (known.term < agreed.term && agreed.leader !== node) {
    offers.push({ event: elected(agreed.leader, agreed.term), trouble: null });
  }
  if (agreed.term < options.termMax && options.standing.includes(node)) {
    offers.push({ event: elected(node, agreed.term + 1), trouble: 'timeouts' });
  }
  return offers;
};
