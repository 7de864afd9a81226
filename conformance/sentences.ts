/**
 * What a node of any implementation is held to: one sentence each, with the place in
 * docs/PROTOCOL.md that says so. A judge knows nothing but these.
 */

/** Where docs/PROTOCOL.md says it: a section, and of `A life` its step. */
export interface Place {
  readonly section: 'Bytes' | 'The contract' | 'A life' | 'Messages';
  readonly step?: number;
  /** Of `Messages`, which. */
  readonly message?: string;
}

export interface Sentence extends Place {
  readonly says: string;
}

const bytes = (says: string): Sentence => ({ section: 'Bytes', says });
const step = (number: number, says: string): Sentence => ({
  section: 'A life',
  step: number,
  says,
});

export const sentences = {
  form: bytes('Every message is of the schemas, and no longer than a datagram or frame may be'),
  header: bytes('Its incarnation and store stay as they are, and its timestamp is in seconds'),
  counter: bytes('Its counter grows with every message, to whomever it goes'),
  repeated: bytes('What carries a number that it has heard is not heard again'),
  window: bytes('What was overtaken is heard, what is 1024 numbers behind is not'),
  unknown: bytes('Unknown fields are ignored; unknown types, and what is no message, do no harm'),
  frames: bytes('It answers frames: no connection to it is lost'),
  contract: { section: 'The contract', says: 'It announces the digest of the contract' },
  joins: step(1, 'It announces itself as joining at least twice, then as member, and always asks'),
  asked: step(1, 'Who asks is answered by an announcement'),
  challenged: step(1, 'A challenge under its own id is answered with its store'),
  group: step(2, 'It takes the group that is announced to it, and asks again as one of it'),
  strangers: step(2, 'What is of another group, or of an earlier life, is not heard'),
  beats: step(3, 'It multicasts a beat every beatMs'),
  probed: step(3, 'A probe is answered at once, with its `for`'),
  helps: step(3, 'Asked to, it probes a peer, and vouches for one that answers'),
  follows: step(4, 'It follows who leads in its term, or in a greater one, which it enters'),
  keeps: step(4, 'It keeps a leader that beats in time'),
  resigned: step(4, 'A leader that says that it leads no longer is followed no longer'),
  silence: step(4, 'After leaderSilenceMs without a word of its leader it has none'),
  fetches: step(5, 'It asks the leader for the state from its beginning, and again every retryMs'),
  parts: step(5, 'It puts the parts of the state together, and asks for the next'),
  empty: step(5, 'Before it has the state, it takes no entries'),
  gap: step(6, 'After a gap it changes nothing, and asks for what follows its end'),
  contradiction: step(6, 'Where an entry contradicts, it asks for what follows its commit'),
  replaces: step(6, 'From the first entry of another term on, its own are replaced'),
  anew: step(6, 'Of a new leader’s log, only what is committed matches'),
  commits: step(6, 'It applies up to the lesser of `commit` and what matches'),
  lost: step(6, 'A beat of its leader that is ahead of what matches makes it ask'),
  stale: step(6, 'Entries of an older term change nothing'),
  admits: step(7, 'It proposes its admission with id and store, and again every retryMs'),
  admitted: step(7, 'Once it finds itself admitted, it proposes that no more'),
  learner: step(8, 'Who is no voter acknowledges nothing'),
  voter: step(8, 'It is a voter from the moment that the entry is in its log'),
  acknowledges: step(8, 'It acknowledges entries that follow, also when it had them already'),
  honest: step(8, 'It never acknowledges more than what matches'),
  led: step(9, 'While it has a leader, it leans to nobody'),
  late: step(9, 'A poll refused because of a leader is granted when that leader is lost'),
  leans: step(
    9,
    'Without a leader it leans to who is in a greater term with a log not behind its own',
  ),
  polled: step(9, 'A poll changes nothing'),
  heeds: step(9, 'While it has a leader, it heeds no claim that is no transfer'),
  transfer: step(9, 'A transfer is granted while it has a leader, unless the log is behind'),
  votes: step(
    9,
    'It votes for a log that is not behind its own: later last term first, then length',
  ),
  enters: step(9, 'It enters the greater term of a claim that it refuses'),
  once: step(9, 'It votes once in a term'),
  again: step(9, 'The same claim again gets the same answer'),
  old: step(9, 'A claim of an older term is refused with its own term'),
  terms: step(9, 'Its term never goes back'),
  alone: step(9, 'Without a majority it leads nobody'),
  lease: {
    section: 'Messages',
    message: 'lease.grant',
    says: 'A voter grants a lease in its term',
  },
  order: {
    section: 'A life',
    says: 'In an order of messages that chance made, it answers as the machines do',
  },
  leaves: step(10, 'It says goodbye twice'),
} as const satisfies Readonly<Record<string, Sentence>>;

export type SentenceId = keyof typeof sentences;

/** The place in words, as it stands in a table. */
export const placeText = ({ section, step: number, message }: Place): string =>
  [section, number, message].filter((part) => part !== undefined).join(' ');
