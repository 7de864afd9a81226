/** Who is there while a journal is read: whom a message to all should reach, and who died when. */
import type { JournalLine } from '../../../protocol/journal.ts';
import { readCityNote } from '../../city-note.ts';
import type { Picture } from '../../picture.ts';

export interface Turn {
  readonly node: string;
  readonly atMs: number;
  readonly isThere: boolean;
}

export interface Presence {
  /** Takes any line but those of messages. */
  see(line: JournalLine): void;
  /** Who should have what is said now. */
  hearersOf(said: { readonly node: string; readonly peer: string }): string[];
  /** Whether what the node says is told, too. */
  keepsJournal(node: string): boolean;
  /** Who came and went while lines were read. */
  readonly turns: readonly Turn[];
}

export const presenceOf = ({ nodes }: Pick<Picture, 'nodes'>): Presence => {
  const there = new Set<string>();
  for (const { node, standing } of nodes.values()) {
    if (standing === 'up' || standing === 'stalled') there.add(node);
  }
  // An observer's journal has machines of nobody.
  const silent = [...nodes.values()].every(({ machines }) => Object.keys(machines).length === 0);
  const turns: Turn[] = [];
  const turn = (node: string, isThere: boolean, atMs: number) => {
    if (there.has(node) === isThere) return;
    if (isThere) there.add(node);
    else there.delete(node);
    turns.push({ node, atMs, isThere });
  };
  return {
    turns,
    see: (line) => {
      const found = turnIn(line);
      if (found && nodes.has(found.node)) turn(found.node, found.isThere, line.t);
    },
    hearersOf: ({ node, peer }) => {
      if (peer === 'all') return [...there].filter((other) => other !== node);
      return nodes.has(peer) ? [peer] : [];
    },
    keepsJournal: (node) => nodes.has(node) && !silent,
  };
};

/** Whether somebody is there from this line on, or no longer. */
const turnIn = (line: JournalLine): Omit<Turn, 'atMs'> | undefined => {
  const { node } = line;
  if (line.kind === 'state') return { node, isThere: true };
  if (line.kind === 'process') return { node, isThere: line.standing !== 'ended' };
  if (line.kind === 'seen') return { node, isThere: line.standing === 'there' };
  if (line.kind !== 'error' || node !== 'city') return undefined;
  const note = readCityNote(line.message);
  if (note?.kind === 'killed') return { node: note.node, isThere: false };
  return note?.kind === 'started' ? { node: note.node, isThere: true } : undefined;
};
