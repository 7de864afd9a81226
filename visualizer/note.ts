/**
 * Notes: what somebody who looks back over a journal wants to find. What many nodes say within a
 * moment is one note that counts them.
 */
import type { Fact } from '../protocol/event.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { readCityNote } from './city-note.ts';
import { NOTES_MAX, type Note, type NoteKind } from './picture.ts';

/** The same said again within so long is the same note. In milliseconds. */
const SAME_MS = 10_000;
/** Among how many of the last notes the same one is looked for. */
const SAME_AMONG = 24;

/** Adds a note, or counts one more who said it. */
export const withNote = (notes: readonly Note[], note: Note): readonly Note[] => {
  for (let place = notes.length - 1; place >= Math.max(0, notes.length - SAME_AMONG); place -= 1) {
    const known = notes[place] as Note;
    if (note.t - known.t > SAME_MS) break;
    if (known.text === note.text) return notes.with(place, { ...known, by: known.by + 1 });
  }
  return [...notes.slice(1 - NOTES_MAX), note];
};

/** The note that a line amounts to, if any. */
export const noteOf = (line: JournalLine): Note | undefined => {
  const found = textOf(line);
  return found && { t: line.t, kind: found[0], text: found[1], by: 1 };
};

type Told = readonly [NoteKind, string] | undefined;

const textOf = (line: JournalLine): Told => {
  if (line.kind === 'fact') return factText(line.node, line.event);
  if (line.kind === 'process') return processText(line);
  if (line.kind === 'error') {
    if (line.node !== 'city') return ['trouble', `${line.node}: ${line.message}`];
    const kind = readCityNote(line.message)?.kind;
    const isFault = kind === undefined || kind === 'network' || kind === 'drifting';
    return [isFault ? 'fault' : 'process', line.message];
  }
  return undefined;
};

const processText = ({ node, standing, how }: Extract<JournalLine, { kind: 'process' }>): Told => [
  'process',
  `${node} ${how ?? standing}`,
];

const factText = (node: string, event: Fact): Told => {
  switch (event.type) {
    case 'election.elected':
      return ['election', `${event.leader} leads in term ${event.term}`];
    case 'election.lost':
      return ['election', `the leader of term ${event.term} is lost`];
    case 'membership.joined':
      return ['view', `${event.peer} joined`];
    case 'membership.left':
      return ['view', `${event.peer} left (${event.how})`];
    case 'detector.suspected':
      return ['view', `${event.peer} is suspected`];
    case 'genesis.formed':
      return ['election', `group ${event.group} is founded`];
    case 'merge.yielded':
      return ['election', `${node} leaves its group for ${event.group}`];
    case 'replica.configured':
      return [
        'election',
        `voters${event.former ? ', not agreed yet' : ''}: ${event.voters.map((voter) => voter.node).join(', ')}`,
      ];
    case 'replica.committed': {
      const { command } = event;
      if (command.kind === 'plan.adopt') return ['plan', `plan ${command.plan.id} is agreed on`];
      if (command.kind !== 'preempt.call') return undefined;
      return ['plan', `green for ${command.group} at ${command.intersection}`];
    }
    default:
      return undefined;
  }
};
