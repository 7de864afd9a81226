/** Puts a message in few words, for the arrow of a diagram: its name, and what decides about it. */
import type { Heard } from '../../protocol/event.ts';

type Say = (value: unknown, all: Readonly<Record<string, unknown>>) => string;

/** How each field is said, in this order; a field that is not here is left out. */
const words: Readonly<Record<string, Say>> = {
  term: (term) => `t${term}`,
  round: (round) => `round ${round}`,
  granted: (granted) => (granted === true ? 'granted' : 'refused'),
  lastIndex: (index, { lastTerm }) => `log ${index}@${lastTerm}`,
  prevIndex: (index, { prevTerm }) => `after ${index}@${prevTerm}`,
  entries: (entries) => `+${(entries as readonly unknown[]).length}`,
  index: (index) => `#${index}`,
  commit: (commit) => `commit ${commit}`,
  leader: (leader) => (leader === null ? 'no leader' : `leader ${leader}`),
  transfer: (transfer) => (transfer === true ? 'transfer' : ''),
};

/** `election.vote` of term 2 that is granted: `vote t2 granted log 1@1`. */
export const textOfFields = (heard: Heard): string => {
  const fields = heard as unknown as Readonly<Record<string, unknown>>;
  const said = Object.entries(words).map(([key, say]) =>
    fields[key] === undefined ? '' : say(fields[key], fields),
  );
  return [heard.type.split('.')[1], ...said].filter((word) => word !== '').join(' ');
};
