/**
 * Remembers what no single state shows: who led in which term, and what was ever committed. With it
 * an invariant over a whole history is one over a state (an auxiliary variable, as `elections` and
 * `allLogs` in Ongaro's TLA+ specification of Raft).
 */
import type { Replica } from '../../machines/replication.ts';
import type { BusEvent } from '../../protocol/event.ts';
import { canonicalText } from './interner.ts';
import type { NodeView } from './node.ts';

interface Agreed {
  readonly term: number;
  readonly command: string;
  /** The term in which it was committed. */
  readonly inTerm: number;
}

export interface History {
  readonly leaders: Readonly<Record<number, string>>;
  /** Committed entries, from index 1 on. */
  readonly agreed: readonly (Agreed | null)[];
  /** Groups that were elected a leader: more than one means that two live. */
  readonly groups: readonly string[];
  /** The last entry that a read under a lease has shown. */
  readonly read: number;
}

export const noHistory: History = { leaders: {}, agreed: [], groups: [], read: 0 };

export interface Noted {
  readonly history: History;
  readonly wrong?: string;
}

/** Whether `noted` would look at this. */
export const isHistoric = (event: BusEvent, node: string): boolean =>
  event.type === 'replica.committed' ||
  (event.type === 'lease.answered' && event.index !== undefined) ||
  (event.type === 'election.elected' && event.leader === node);

/** Equal when what a node has established adds the same to every history. */
export const historyText = (view: NodeView, heard: readonly BusEvent[]): string => {
  const { node, group } = view.local;
  const replica = view.contextOf('replica') as Replica | undefined;
  const facts = heard.filter((event) => isHistoric(event, node));
  return canonicalText([group, facts, replica && [replica.term, replica.log]]);
};

/** What history comes to by what one node has established. */
export const noted = (history: History, view: NodeView, heard: readonly BusEvent[]): Noted => {
  let known: Noted = { history };
  for (const event of heard) {
    if (known.wrong !== undefined) return known;
    if (event.type === 'election.elected' && event.leader === view.local.node) {
      known = noteLeader(known.history, view, event.term);
    } else if (event.type === 'replica.committed') {
      known = noteCommit(known.history, view, event);
    } else if (event.type === 'lease.answered' && event.index !== undefined) {
      known = noteRead(known.history, view, event.index);
    }
  }
  return known;
};

const noteLeader = (history: History, view: NodeView, term: number): Noted => {
  const { node, group } = view.local;
  const former = history.leaders[term];
  const groups = [...new Set([...history.groups, group])].sort();
  const next = { ...history, leaders: { ...history.leaders, [term]: node }, groups };
  if (groups.length > 1) {
    return { history: next, wrong: `two groups live: ${groups.join(' and ')}` };
  }
  if (former !== undefined && former !== node) {
    return { history: next, wrong: `${former} and ${node} both lead in term ${term}` };
  }
  const missing = missingIn(history, view, term);
  return missing === undefined
    ? { history: next }
    : { history: next, wrong: `${node} leads in term ${term} without committed entry ${missing}` };
};

/** The first entry committed in an earlier term that a new leader lacks (Raft figure 3). */
const missingIn = ({ agreed }: History, view: NodeView, term: number): number | undefined => {
  const replica = view.contextOf('replica') as Replica | undefined;
  if (!replica) return undefined;
  const at = agreed.findIndex((entry, k) => {
    if (!entry || entry.inTerm >= term || k + 1 <= replica.log.offset) return false;
    const held = replica.log.entries[k - replica.log.offset];
    return held?.term !== entry.term || canonicalText(held.command) !== entry.command;
  });
  return at < 0 ? undefined : at + 1;
};

/** Reads never go back, whoever answers them. */
const noteRead = (history: History, view: NodeView, index: number): Noted =>
  index >= history.read
    ? { history: { ...history, read: index } }
    : {
        history,
        wrong: `${view.local.node} answers a read as of entry ${index}, after one as of entry ${history.read}`,
      };

const noteCommit = (
  history: History,
  view: NodeView,
  event: Extract<BusEvent, { type: 'replica.committed' }>,
): Noted => {
  const { index, term, command } = event;
  const text = canonicalText(command);
  const known = history.agreed[index - 1];
  if (known && (known.term !== term || known.command !== text)) {
    const wrong = `${view.local.node} commits entry ${index} of term ${term}, but that of term ${known.term} was committed there before`;
    return { history, wrong };
  }
  if (known) return { history };
  const inTerm = (view.contextOf('replica') as Replica | undefined)?.term ?? term;
  const agreed = Array.from(
    { length: Math.max(index, history.agreed.length) },
    (_, k) => history.agreed[k] ?? null,
  );
  agreed[index - 1] = { term, command: text, inTerm };
  return { history: { ...history, agreed } };
};
