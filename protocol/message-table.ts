/**
 * What the schemas of messages cannot say: who says each, to whom, when, and what each field means.
 * It goes into the published schemas and into docs/PROTOCOL.md, and the compiler asks for every
 * message and every field, so neither can be left behind.
 */
import type { Static } from 'typebox';
import type { MessageType, messages } from './event.ts';

type FieldsOf<K extends MessageType> = {
  readonly [F in keyof Required<Static<(typeof messages)[K]['payload']>>]: string;
};

export interface MessageRow<K extends MessageType> {
  readonly from: string;
  readonly to: string;
  /** Multicast to `all`, over TCP to `one`; `both` where the receiver depends on the size of the view. */
  readonly via: 'all' | 'one' | 'both';
  readonly when: string;
  readonly fields: FieldsOf<K>;
}

const district = 'Name of the district: of another one nothing is heard.';
const store = 'Store of the sender: with its id it is one voter.';
const term = 'Term the sender is in.';
const lastTerm = 'Term of the last entry of the sender’s log; 0 when it is empty.';
const lastIndex = 'Index of that entry; 0 when there is none.';
const host = 'IP address at which the sender takes TCP connections.';
const port = 'TCP port there.';
const reply = 'Where the answer is to go.';
const intersection = 'Id of an intersection.';

export const messageTable: { readonly [K in MessageType]: MessageRow<K> } = {
  'wire.challenge': {
    from: 'any node with keys',
    to: 'every node',
    via: 'all',
    when: 'It heard a life of which it remembers nothing.',
    fields: { district, nonce: 'What nobody could know before.' },
  },
  'wire.proof': {
    from: 'any node with keys',
    to: 'every node',
    via: 'all',
    when: 'At most a tenth of a second after challenges; all that came meanwhile are answered by one. An announcement follows it.',
    fields: { district, nonces: 'The nonces of the challenges that are answered.' },
  },
  'membership.announce': {
    from: 'any node or observer',
    to: 'every node',
    via: 'all',
    when: 'At the start, every `joinAnnounceMs` until it is settled; then every `announceMs` or more rarely (a large view shares four in that time); and in answer to who `asks`.',
    fields: {
      district,
      host,
      port,
      store,
      phase:
        '`joining` until it has listened whether somebody answers to its id; `observer` takes no part.',
      asks: 'Whether all who hear it are to announce themselves.',
      versions: 'The least and the greatest protocol version that is spoken.',
      contract: 'Digest of timing and discovery.',
      former: 'Digests of contracts that the group had before: accepted too.',
      next: 'Digest of the contract that is to come: accepted too.',
      intersection: 'The intersection that the node serves, with the digest of its description.',
      leader: 'Whom the sender follows.',
      term,
    },
  },
  'membership.goodbye': {
    from: 'a node that stops, or that the district refused',
    to: 'every node',
    via: 'all',
    when: 'Twice, a fifth of `joinAnnounceMs` apart, after it has handed its office over.',
    fields: { district, why: 'Whether it stops, or was refused.' },
  },
  'membership.contract': {
    from: 'a node that heard a digest it does not accept',
    to: 'every node',
    via: 'all',
    when: 'Once for each life that announced it.',
    fields: { district, contract: 'Timing and discovery in full.' },
  },
  'membership.challenge': {
    from: 'a node that heard its own id announced with another store',
    to: 'that address',
    via: 'one',
    when: 'While it joins.',
    fields: { district, store, reply },
  },
  'membership.life': {
    from: 'any node; of a large view the leader',
    to: 'the address announced',
    via: 'one',
    when: 'An announcement is of an earlier life than one that is known.',
    fields: {
      district,
      peer: 'Who announced itself.',
      announced: 'The life that it announced.',
      known: 'The latest life that is known of it.',
    },
  },
  'membership.present': {
    from: 'the node challenged',
    to: '`reply` of the challenge',
    via: 'one',
    when: 'At once, if it is a member, or joins and has the lesser store.',
    fields: { store },
  },
  'membership.compare': {
    from: 'a node whose view has differed from the leader’s for a while',
    to: 'the leader',
    via: 'one',
    when: '`detector.beat.view` differs from the print of its own view for `retryMs` or longer.',
    fields: { prints: 'Prints of the parts of its view.', reply },
  },
  'membership.view': {
    from: 'the leader',
    to: '`reply` of the comparison',
    via: 'one',
    when: 'At once, for each part that differs.',
    fields: { part: 'Which part.', members: 'All that the leader has in it.' },
  },
  'genesis.prepare': {
    from: 'a node without a group whose turn it is',
    to: 'every node',
    via: 'all',
    when: 'Its own promise is on disk; again every `retryMs`.',
    fields: { district, ballot: 'Which attempt of whom: ordered by round, node, store.' },
  },
  'genesis.promise': {
    from: 'any node without a group',
    to: 'every node',
    via: 'all',
    when: 'Its promise is on disk; or, to a lesser ballot, at once.',
    fields: {
      district,
      store,
      ballot: 'The greatest ballot it has promised.',
      accepted: 'What it accepted last.',
    },
  },
  'genesis.propose': {
    from: 'the node whose ballot a majority promised',
    to: 'every node',
    via: 'all',
    when: 'It has accepted the group itself, on disk; again every `retryMs`.',
    fields: {
      district,
      ballot: 'The ballot.',
      genesis: 'Name of the group.',
      voters: 'Its first voters.',
      quorum: 'How many nodes must accept it.',
    },
  },
  'genesis.accept': {
    from: 'any node without a group',
    to: 'every node',
    via: 'all',
    when: 'It has accepted what was proposed in this ballot, on disk.',
    fields: { district, store, ballot: 'The ballot.' },
  },
  'merge.ask': {
    from: 'a node that may leave its group for a better one',
    to: 'every node; the leader of that group answers',
    via: 'all',
    when: 'It heard an announcement of a group that ranks above its own, or has long had no leader.',
    fields: { district, wanted: 'Name of that group.', reply },
  },
  'merge.welcome': {
    from: 'the leader of the group wanted',
    to: '`reply`',
    via: 'one',
    when: 'At once.',
    fields: { district },
  },
  'detector.beat': {
    from: 'every node of a small view; of a large one the leader, and voters',
    to: 'every node; from voters of a large view the leader',
    via: 'both',
    when: 'Every `beatMs`, once it has a group.',
    fields: {
      term,
      leader: 'Whom the sender follows; itself, when it leads.',
      store,
      index: 'Up to where its log matches the leader’s.',
      commit: 'Up to where it knows the log to be agreed on.',
      view: 'From the leader alone: print of its view without itself.',
    },
  },
  'detector.pulse': {
    from: 'a node of a large view',
    to: 'one of its monitors in turn',
    via: 'one',
    when: 'Every `beatMs`.',
    fields: {},
  },
  'detector.probe': {
    from: 'any node',
    to: 'a peer',
    via: 'one',
    when: 'It begins to watch the peer; half of `heartbeatTimeoutMs` without a sign of it; its connection was reset; the leader’s view lacks it; another asks for it.',
    fields: { for: 'On whose behalf.' },
  },
  'detector.alive': {
    from: 'the peer',
    to: 'who probed',
    via: 'one',
    when: 'At once. A node that does not answer is failed.',
    fields: { for: 'As in the probe.' },
  },
  'detector.ask': {
    from: 'any node',
    to: 'at most three other peers',
    via: 'one',
    when: 'Its own probe of a silent peer went unanswered for `probeTimeoutMs`.',
    fields: { peer: 'Whom to probe.' },
  },
  'detector.vouch': {
    from: 'a peer that was asked',
    to: 'who asked',
    via: 'one',
    when: 'The probed peer has answered it.',
    fields: { peer: 'Who answered.', peerIncarnation: 'In which life.' },
  },
  'detector.obituary': {
    from: 'in a large view, one of the monitors of a peer',
    to: 'every node',
    via: 'all',
    when: 'It has failed the peer: by silence while it heard others, or at once when the peer’s host refused its connection. Who reads of itself announces itself. In a small view each judges for itself, and nobody says this.',
    fields: {
      peer: 'Who is gone.',
      peerIncarnation: 'Which life of it.',
      reason: 'Why, for people.',
    },
  },
  'election.poll': {
    from: 'a voter without a leader, when its place has come',
    to: 'every node',
    via: 'all',
    when: 'Place in the line of voters × `placeSpacingMs` after its leader was lost. Changes nothing.',
    fields: { term: 'The term it would stand in: one more than its own.', lastTerm, lastIndex },
  },
  'election.lean': {
    from: 'any node',
    to: 'who polled',
    via: 'one',
    when: 'At once. It is refused by who has a leader, and by whose log ends later.',
    fields: {
      term: 'Granted: the term of the poll. Refused: the term the sender is in.',
      store,
      granted: 'Whether it would vote so.',
      lastTerm,
      lastIndex,
    },
  },
  'election.claim': {
    from: 'a candidate',
    to: 'every node',
    via: 'all',
    when: 'A majority leans to it, or the leader has handed over, and its own vote is on disk.',
    fields: {
      term: 'The term it stands in.',
      transfer: 'Whether the leader asked it to: who follows a leader heeds no other claim.',
      lastTerm,
      lastIndex,
    },
  },
  'election.vote': {
    from: 'any node',
    to: 'the candidate',
    via: 'one',
    when: 'Granted: when the vote is on disk. Refused: at once.',
    fields: {
      term,
      store,
      granted: 'Whether this is the one vote of the sender in this term.',
      lastTerm,
      lastIndex,
    },
  },
  'election.handover': {
    from: 'a leader that stops',
    to: 'a voter that holds all it has',
    via: 'one',
    when: 'It takes no more commands and has sent what was left.',
    fields: { term: 'The term of the leader: the receiver stands in the next one at once.' },
  },
  'replica.prepare': {
    from: 'the leader',
    to: 'every node; who lacks something alone',
    via: 'both',
    when: 'Commands were appended; an acknowledgement made a commit and nothing follows; somebody lacks something. What does not fit a datagram goes to each over TCP.',
    fields: {
      term: 'Term of the leader.',
      prevIndex: 'Index of the entry before the first of `entries`.',
      prevTerm: 'Term of that entry.',
      entries: 'Entries of the log, in order. May be empty.',
      commit: 'Up to where the log is agreed on.',
    },
  },
  'replica.ack': {
    from: 'a voter',
    to: 'the leader',
    via: 'one',
    when: 'What it holds of the leader’s log has reached its disk; again, when entries come again.',
    fields: { term, store, index: 'Up to where its log is on disk and equal to the leader’s.' },
  },
  'replica.nack': {
    from: 'any node',
    to: 'the leader',
    via: 'one',
    when: 'Entries do not follow on what it has, or the leader’s beat is ahead of it; once in `repairMs`.',
    fields: {
      term,
      index:
        'The last index at which its log may match: after a gap its end, after a contradiction its commit.',
    },
  },
  'replica.fetch': {
    from: 'a node without a state, or one that was sent a part',
    to: 'the leader',
    via: 'one',
    when: 'It has joined a group that it did not found; again every `retryMs`; and after each part but the last.',
    fields: {
      term,
      index: 'Of which snapshot; 0 for the latest.',
      offset: 'How many characters of it are there.',
    },
  },
  'replica.chunk': {
    from: 'the leader',
    to: 'who fetches, or lacks what is no longer in the log',
    via: 'one',
    when: 'At once.',
    fields: {
      term,
      index: 'Up to which entry the snapshot goes.',
      indexTerm: 'Term of that entry.',
      offset: 'From which character on this part is.',
      total: 'Characters of the whole. They are the JSON text of the replicated state.',
      data: 'The part.',
    },
  },
  'replica.propose': {
    from: 'any node; an operator’s command',
    to: 'the leader',
    via: 'one',
    when: 'It wants something to be agreed on.',
    fields: { ticket: 'Comes back in the answer.', command: 'What is to be agreed on.' },
  },
  'replica.answer': {
    from: 'the node that was asked',
    to: 'who asked',
    via: 'one',
    when: 'At once. It says that the command is in the leader’s log, not that it is agreed on.',
    fields: {
      ticket: 'As in the question.',
      index: 'Where it stands in the log.',
      problems: 'Why it was refused; empty when it was not.',
      transient: 'Whether it may be asked again as it is.',
    },
  },
  'lease.renew': {
    from: 'the leader',
    to: 'every node',
    via: 'all',
    when: 'A read is asked of it, it may serve reads, and no lease runs; at most three rounds for the same reads, `retryMs` apart.',
    fields: { term, round: 'Number of the round.' },
  },
  'lease.grant': {
    from: 'a voter that is in exactly this term',
    to: 'who asked',
    via: 'one',
    when: 'At once. In any other term it says nothing.',
    fields: { term, round: 'As in the question.', store },
  },
  'timekeeper.ask': {
    from: 'any node but the leader',
    to: 'the leader',
    via: 'one',
    when: 'Three times ten times as often, then every `timeSyncMs`.',
    fields: {
      sentMs: 'The sender’s monotonic clock.',
      heard: 'What it was told last in this term, once it counts as one of the group.',
    },
  },
  'timekeeper.tell': {
    from: 'the leader',
    to: 'who asked',
    via: 'one',
    when: 'At once.',
    fields: {
      term,
      sentMs: 'As in the question.',
      groupMs: 'Time of the group when it answered.',
      life: 'Incarnation of who asked.',
    },
  },
  'demand.tell': {
    from: 'a node that shares an intersection, and does not lead',
    to: 'the leader',
    via: 'one',
    when: 'Pedestrians wait there, or its lamps cannot be lit: at once, to every new leader, every `retryMs` while it stands, and once when it is over.',
    fields: {
      intersection,
      calls: 'Groups for which pedestrians wait.',
      isDark: 'Whether its lamps cannot be lit.',
    },
  },
  'arrivals.tell': {
    from: 'a node whose intersection has sensors, and which does not lead',
    to: 'the leader',
    via: 'one',
    when: 'Once a minute, as long as its sensors speak.',
    fields: {
      intersection,
      flows:
        'Of each of its signal groups, on the average of five to ten minutes: vehicles an hour that came for it, and the part of all time in which it was green and somebody drove off at its busiest lane (`used`).',
    },
  },
  'arrivals.forecast': {
    from: 'a node whose intersection has sensors',
    to: 'every node',
    via: 'all',
    when: 'Every other second while there is anything to say, and once when there is not any more.',
    fields: {
      intersection,
      streets:
        'To each neighbour towards which somebody leaves at the greens of this moment: in how many seconds (`departS`).',
      full: 'Neighbours from which nobody can come, because the street from there is full.',
    },
  },
  'phases.ask': {
    from: 'an operator’s command',
    to: 'every node',
    via: 'all',
    when: 'At its beginning and every other second, as long as it follows lamps.',
    fields: { reply, forMs: 'How long changes are to be told.' },
  },
  'phases.tell': {
    from: 'a node that serves an intersection, alone or with others',
    to: '`reply`',
    via: 'one',
    when: 'At once; and for `forMs` when it takes a plan or call for its intersection from the log, and when a stage is lit. The last eight who asked are told.',
    fields: {
      intersection,
      moment:
        'Because it was `asked`, a plan or call was `taken` from the log, or a stage is `lit`.',
      mode: 'How the intersection is run.',
      stage: 'The stage that is green.',
      plan: 'The plan it follows.',
      call: 'For whose call it is green.',
    },
  },
};
