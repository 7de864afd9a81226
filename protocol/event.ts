/**
 * The vocabulary: every event in the system, declared once. The word before the dot owns the
 * event. One entry gives the check, the type and the documentation.
 *
 * Messages cross the wire, facts stay in the node, requests ask an effect to act.
 */
import Type, { type Static } from 'typebox';
import type { Command } from './command.ts';
import {
  commandSchema,
  entrySchema,
  MEMBERS_MAX,
  nameSchema,
  stateSchema,
  VOTERS_MAX,
  voterSchema,
} from './command.ts';
import { FORMER_MAX } from './contract.ts';
import { GROUPS_MAX } from './district.ts';
import { lampSchema } from './lamp.ts';
import { recordOf } from './lean-schema.ts';
import { readFields, SENSING, SENSOR_FAULTS } from './readings.ts';
import { discoverySchema, timingSchema } from './timing.ts';

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const milliseconds = Type.Number({
  minimum: -Number.MAX_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
});
const text = Type.String({ maxLength: 2000 });
const digest = Type.String({ pattern: '^[0-9a-f]{16}$' });
const addressFields = {
  host: Type.String({ minLength: 1, maxLength: 64 }),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
};
const addressSchema = Type.Object(addressFields);
export const contractSchema = Type.Object({ timing: timingSchema, discovery: discoverySchema });
const command = Type.Unsafe<Command>(commandSchema);
const logEnd = { lastTerm: count, lastIndex: count };

/** Peers in a view. */
export const VIEW_MAX = 1000;
/** Parts in which two views are compared, so that only what differs is sent. */
export const PARTS = 16;
/** Entries in one `replica.prepare`. */
export const PREPARE_ENTRIES_MAX = 64;
/** Characters of a snapshot in one `replica.chunk`. */
export const CHUNK_CHARS_MAX = 65_536;
/** Characters of a whole snapshot. */
export const SNAPSHOT_CHARS_MAX = 67_108_864;
/** How long an operator may be told what lamps follow. In milliseconds. */
export const FOLLOW_MS_MAX = 3_600_000;

/** Vehicles an hour that come for one signal group. */
const FLOW_MAX = 100_000;
const groupName = Type.String({ maxLength: 200 });
const flowFields = {
  intersection: groupName,
  flows: Type.Array(
    Type.Object({
      group: groupName,
      perHour: Type.Number({ minimum: 0, maximum: FLOW_MAX }),
      used: Type.Number({ minimum: 0, maximum: 1 }),
    }),
    { maxItems: GROUPS_MAX },
  ),
};

const expectedLanes = Type.Array(
  Type.Object({
    lane: text,
    vehicles: Type.Array(
      Type.Object({ groups: Type.Array(text), etaS: Type.Number(), waitedS: Type.Number() }),
    ),
  }),
);

/** How far ahead departures are foretold: as long as a green surely lasts. In seconds. */
export const FORECAST_S_MAX = 10;
/** Streets of an intersection, and vehicles of one in a forecast. */
const STREETS_MAX = 32;
const DEPARTING_MAX = 64;

/** Challenges answered by one `wire.proof`. */
export const NONCES_MAX = 16;
const nonceSchema = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });

/** One attempt of one node, with one store, to have a group founded. Ordered by these fields. */
const ballotSchema = Type.Object({ round: count, node: nameSchema, store: nameSchema });
export type Ballot = Static<typeof ballotSchema>;
const proposalFields = {
  ballot: ballotSchema,
  genesis: nameSchema,
  voters: Type.Array(voterSchema, { minItems: 1, maxItems: VOTERS_MAX }),
  quorum: Type.Integer({ minimum: 1, maximum: MEMBERS_MAX }),
};
const proposalSchema = Type.Object(proposalFields);
/** A group that is to be founded: its name, its first voters, and how many must accept it. */
export type Proposal = Static<typeof proposalSchema>;

/**
 * Messages between nodes. `scope: 'open'` may be heard from any group of the district, because
 * nodes meet before they share a group; `'group'` only within one's own.
 */
export const messages = {
  /** Multicast, with keys: whoever I remember nothing of, show that you speak now. For wires alone. */
  'wire.challenge': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, nonce: nonceSchema }),
  },
  /** Multicast: I speak now, as I have just heard these challenges. */
  'wire.proof': {
    scope: 'open',
    payload: Type.Object({
      district: nameSchema,
      nonces: Type.Array(nonceSchema, { minItems: 1, maxItems: NONCES_MAX }),
    }),
  },
  /** Multicast: who I am, where I am, what I bring. `asks`: everybody please announce at once. */
  'membership.announce': {
    scope: 'open',
    payload: Type.Object({
      district: nameSchema,
      ...addressFields,
      store: nameSchema,
      phase: Type.Enum(['joining', 'member', 'observer']),
      asks: Type.Boolean(),
      versions: Type.Tuple([count, count]),
      contract: digest,
      /** Contracts that were in force before, and the one that is to come: what I accept too. */
      former: Type.Optional(Type.Array(digest, { maxItems: FORMER_MAX })),
      next: Type.Optional(digest),
      intersection: Type.Optional(Type.Object({ id: Type.String({ maxLength: 200 }), digest })),
      leader: Type.Optional(nameSchema),
      term: count,
    }),
  },
  /** Multicast: I leave, cleanly. */
  'membership.goodbye': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, why: Type.Enum(['goodbye', 'refused']) }),
  },
  /** Multicast: my contract in full, so that a node with another can say which keys differ. */
  'membership.contract': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, contract: contractSchema }),
  },
  /** To an address where my own id was announced: do you answer? */
  'membership.challenge': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, store: nameSchema, reply: addressSchema }),
  },
  /** To whoever announced the life `announced` of `peer`: a later one is known here, `known`. */
  'membership.life': {
    scope: 'open',
    payload: Type.Object({
      district: nameSchema,
      peer: nameSchema,
      announced: count,
      known: count,
    }),
  },
  /** The answer to a challenge: I am here. */
  'membership.present': { scope: 'open', payload: Type.Object({ store: nameSchema }) },
  /** To the leader, whose beat says that our views differ: the prints of the parts of ours. */
  'membership.compare': {
    scope: 'group',
    payload: Type.Object({
      prints: Type.Array(count, { minItems: PARTS, maxItems: PARTS }),
      reply: addressSchema,
    }),
  },
  /** The leader's answer, once for each part that differs: whom it has there. */
  'membership.view': {
    scope: 'group',
    payload: Type.Object({
      part: Type.Integer({ minimum: 0, maximum: PARTS - 1 }),
      members: Type.Array(
        Type.Object({
          node: nameSchema,
          incarnation: count,
          store: nameSchema,
          ...addressFields,
        }),
        { maxItems: VIEW_MAX },
      ),
    }),
  },
  /** Multicast: promise to heed no lesser ballot than this one (Paxos, phase 1a). */
  'genesis.prepare': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, ballot: ballotSchema }),
  },
  /** Multicast: the ballot that the sender promised itself to, and what it accepted last (1b). To
   *  a lesser ballot this is the refusal. */
  'genesis.promise': {
    scope: 'open',
    payload: Type.Object({
      district: nameSchema,
      store: nameSchema,
      ballot: ballotSchema,
      accepted: Type.Optional(proposalSchema),
    }),
  },
  /** Multicast: accept this group (2a). */
  'genesis.propose': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, ...proposalFields }),
  },
  /** Multicast: the sender has accepted what was proposed in this ballot (2b). */
  'genesis.accept': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, store: nameSchema, ballot: ballotSchema }),
  },
  /** Multicast: I may leave my group for the one I `wanted`: does its leader hear me? */
  'merge.ask': {
    scope: 'open',
    payload: Type.Object({ district: nameSchema, wanted: nameSchema, reply: addressSchema }),
  },
  /** The leader of the group in the header hears who asked. */
  'merge.welcome': { scope: 'open', payload: Type.Object({ district: nameSchema }) },
  /** At least three times a second: a sign of life, and where I stand. Multicast by each node of
   *  a small view; of a larger one by the leader alone, which voters tell the same. The leader
   *  adds a print of its `view`, without itself. */
  'detector.beat': {
    scope: 'group',
    payload: Type.Object({
      term: count,
      leader: Type.Optional(nameSchema),
      store: nameSchema,
      index: count,
      commit: count,
      view: Type.Optional(count),
    }),
  },
  /** In a larger view, to each of one's monitors in turn: I live. */
  'detector.pulse': { scope: 'group', payload: Type.Object({}) },
  /** Do you live? Directly, or `for` somebody who has not heard from you. */
  'detector.probe': { scope: 'group', payload: Type.Object({ for: Type.Optional(nameSchema) }) },
  /** I live. `for`: whom the prober asks for. */
  'detector.alive': { scope: 'group', payload: Type.Object({ for: Type.Optional(nameSchema) }) },
  /** Please probe `peer` for me. */
  'detector.ask': { scope: 'group', payload: Type.Object({ peer: nameSchema }) },
  /** `peer` answered my probe, incarnation and all. */
  'detector.vouch': {
    scope: 'group',
    payload: Type.Object({ peer: nameSchema, peerIncarnation: count }),
  },
  /** Multicast by a monitor: this life of `peer` is over, as far as I can tell. */
  'detector.obituary': {
    scope: 'group',
    payload: Type.Object({ peer: nameSchema, peerIncarnation: count, reason: text }),
  },
  /** Would you vote for me in `term`? Changes nothing (pre-vote, Raft thesis section 9.6). */
  'election.poll': { scope: 'group', payload: Type.Object({ term: count, ...logEnd }) },
  /** The answer to a poll; a refusal says where the refuser's log ends. */
  'election.lean': {
    scope: 'group',
    payload: Type.Object({ term: count, store: nameSchema, granted: Type.Boolean(), ...logEnd }),
  },
  /** A candidate asks for votes (RequestVote, Raft section 5.2). */
  'election.claim': {
    scope: 'group',
    payload: Type.Object({ term: count, transfer: Type.Boolean(), ...logEnd }),
  },
  /** The one vote of a node in a term, or its refusal. */
  'election.vote': {
    scope: 'group',
    payload: Type.Object({ term: count, store: nameSchema, granted: Type.Boolean(), ...logEnd }),
  },
  /** A leader that stops asks its best backup to stand at once (Raft thesis section 3.10). */
  'election.handover': { scope: 'group', payload: Type.Object({ term: count }) },
  /** The primary's entries after (`prevIndex`, `prevTerm`), and how far it has committed. */
  'replica.prepare': {
    scope: 'group',
    payload: Type.Object({
      term: count,
      prevIndex: count,
      prevTerm: count,
      entries: Type.Array(entrySchema, { maxItems: PREPARE_ENTRIES_MAX }),
      commit: count,
    }),
  },
  /** A backup holds the primary's log up to `index`, on disk. */
  'replica.ack': {
    scope: 'group',
    payload: Type.Object({ term: count, store: nameSchema, index: count }),
  },
  /** A backup lacks what follows `index`: the last place where its log may match. */
  'replica.nack': { scope: 'group', payload: Type.Object({ term: count, index: count }) },
  /** A node far behind asks for the snapshot, from character `offset` of that at `index`. */
  'replica.fetch': {
    scope: 'group',
    payload: Type.Object({ term: count, index: count, offset: count }),
  },
  /** A part of the snapshot at `index`; `total` characters in all. */
  'replica.chunk': {
    scope: 'group',
    payload: Type.Object({
      term: count,
      index: count,
      indexTerm: count,
      offset: count,
      total: Type.Integer({ minimum: 0, maximum: SNAPSHOT_CHARS_MAX }),
      data: Type.String({ maxLength: CHUNK_CHARS_MAX }),
    }),
  },
  /** A node asks the primary to append `command`. */
  'replica.propose': { scope: 'group', payload: Type.Object({ ticket: count, command }) },
  /** The primary's answer: appended at `index`, or refused with all `problems`. What is
   *  `transient` may be asked again as it is. */
  'replica.answer': {
    scope: 'group',
    payload: Type.Object({
      ticket: count,
      index: Type.Optional(count),
      problems: Type.Array(text, { maxItems: 100 }),
      transient: Type.Boolean(),
    }),
  },
  /** Multicast by the leader: may I answer reads for a while? Each round has a number of its own. */
  'lease.renew': { scope: 'group', payload: Type.Object({ term: count, round: count }) },
  /** A voter that is in exactly this term grants the round. */
  'lease.grant': {
    scope: 'group',
    payload: Type.Object({ term: count, round: count, store: nameSchema }),
  },
  /** What time is it in the group? `sentMs` is the asker's own clock and comes back. `heard`:
   *  what it was told last in `term`, so that the leader knows since when it is in this group. */
  'timekeeper.ask': {
    scope: 'group',
    payload: Type.Object({
      sentMs: milliseconds,
      heard: Type.Optional(Type.Object({ term: count, groupMs: milliseconds })),
    }),
  },
  /** The leader's answer: the group's time when it answered, and which life of the node asked. */
  'timekeeper.tell': {
    scope: 'group',
    payload: Type.Object({
      term: count,
      sentMs: milliseconds,
      groupMs: milliseconds,
      life: count,
    }),
  },
  /** To the leader: groups of an intersection that the sender shares for which a pedestrian has called
   *  at its cabinet, and whether its lamps cannot be lit. Not repeated, it is forgotten. */
  'demand.tell': {
    scope: 'group',
    payload: Type.Object({
      intersection: Type.String({ maxLength: 200 }),
      calls: Type.Array(text, { maxItems: GROUPS_MAX }),
      isDark: Type.Boolean(),
    }),
  },
  /** To the leader: how many vehicles an hour have come for each signal group of an intersection, of
   *  late, and in which part of the time its green was used. It bears on plans alone, and no plan on
   *  what may be lit together. */
  'arrivals.tell': { scope: 'group', payload: Type.Object(flowFields) },
  /** Multicast: who leaves my intersection towards its neighbours, and when; and from which of them
   *  nobody can come, because the street is full. */
  'arrivals.forecast': {
    scope: 'group',
    payload: Type.Object({
      intersection: groupName,
      streets: Type.Array(
        Type.Object({
          to: groupName,
          departS: Type.Array(Type.Number({ minimum: 0, maximum: FORECAST_S_MAX }), {
            maxItems: DEPARTING_MAX,
          }),
        }),
        { maxItems: STREETS_MAX },
      ),
      full: Type.Array(groupName, { maxItems: STREETS_MAX }),
    }),
  },
  /** By an operator, to all: what do your lamps follow? And tell me of changes, for a while. */
  'phases.ask': {
    scope: 'group',
    payload: Type.Object({
      reply: addressSchema,
      forMs: Type.Integer({ minimum: 0, maximum: FOLLOW_MS_MAX }),
    }),
  },
  /** What the lamps of an intersection follow: because it was `asked`, because a plan or a call was
   *  `taken` from the log, or because a stage is `lit` by it. */
  'phases.tell': {
    scope: 'group',
    payload: Type.Object({
      intersection: Type.String({ maxLength: 200 }),
      moment: Type.Enum(['asked', 'taken', 'lit']),
      mode: text,
      stage: Type.Optional(text),
      plan: Type.Optional(nameSchema),
      call: Type.Optional(nameSchema),
    }),
  },
} as const;

const peer = nameSchema;
const reason = text;

/** Facts: what one concern or effect has established, told to whoever handles it. */
export const facts = {
  /** The transport listens at this address. */
  'wire.opened': Type.Object(addressFields),
  /** The connection to a peer broke or could not be made. */
  'wire.lost': Type.Object({
    peer,
    why: Type.Enum(['reset', 'refused', 'unreachable', 'overflow']),
  }),
  /** A message from outside was refused. */
  'wire.refused': Type.Object({ reason, peer: Type.Optional(text) }),
  /** A message went out: the one of this life that was counted so. */
  'wire.said': Type.Object({ message: text, to: text, counter: count, bytes: count }),
  /** A message came once more than it was said, and was dropped. */
  'wire.repeated': Type.Object({
    message: text,
    peer,
    peerIncarnation: count,
    counter: count,
    bytes: count,
  }),
  /** The store has made the batch with this ticket durable. */
  'storage.written': Type.Object({ owner: text, ticket: count }),
  /** An instant asked for by `clock.wake` has come. */
  'clock.due': Type.Object({ id: text, atMs: milliseconds }),
  /** The wall clock of this host, as its people read it: minutes since midnight. */
  'clock.told': Type.Object({ minute: Type.Integer({ minimum: 0, maximum: 1439 }) }),
  /** The lamp driver answers: what it shows, or that it refused a sequence. */
  'lamps.shown': Type.Object({ lamps: recordOf(lampSchema) }),
  'lamps.refused': Type.Object({ reason }),
  /** The lamp driver follows the sequence with this ticket, and none before it any more. */
  'lamps.accepted': Type.Object({ ticket: count }),
  /** The lamp driver is there (or gone): sequences can (not) be sent. Its clock is known to `boundMs`;
   *  told again when that has changed. */
  'lamps.ready': Type.Object({ boundMs: Type.Optional(milliseconds) }),
  'lamps.lost': Type.Object({ reason }),
  /** The lamp driver heeds this life of the node, which is later than ours. */
  'lamps.outlived': Type.Object({ by: count }),
  /** An input of the cabinet: somebody must have green (rail, fire), or a pedestrian has called. */
  'lamps.input': Type.Object({
    input: Type.Enum(['preempt', 'call']),
    group: text,
    active: Type.Boolean(),
  }),
  /** What all sensors of the intersection say of one step. */
  'sensors.read': Type.Object(readFields),
  /** A sensor says nothing that can be believed: the groups of its lanes are on recall. */
  'sensors.failed': Type.Object({
    sensor: text,
    fault: Type.Enum(SENSOR_FAULTS),
    groups: Type.Array(text),
  }),
  /** A sensor that had failed is believed again. */
  'sensors.restored': Type.Object({ sensor: text }),
  /** What the traffic at this intersection will do, as far as its sensors tell: by lane, from the
   *  stop line upstream, when each vehicle could be there, how long it has stood, and which
   *  groups it may need, any of which will do; those on their way from neighbours, who cannot be
   *  seen yet (`coming`); and how many come for each group in a second, of late. `inside`: those that stand between the stop lines.
   *  `stuck`: groups whose first vehicle does not go at green; `barred`: at a green that yields.
   *  `overdue`: groups that must be served next, the worst first. */
  'arrivals.expected': Type.Object({
    sensing: Type.Enum(SENSING),
    stepS: Type.Number(),
    lanes: expectedLanes,
    coming: Type.Optional(expectedLanes),
    flows: Type.Array(Type.Object({ group: text, perS: Type.Number() })),
    inside: count,
    stuck: Type.Array(text),
    barred: Type.Array(text),
    overdue: Type.Array(text),
  }),
  /** On the leader: what its own sensors have counted, as in `arrivals.tell`. */
  'arrivals.counted': Type.Object(flowFields),
  /** The sensors have fallen silent, or never spoke: nothing is known of the traffic. */
  'arrivals.lost': Type.Object({ reason }),
  /** The operator asked this node to stop. */
  'node.stopping': Type.Object({}),
  /** An announcement of the same district and contract was heard, whatever its group. */
  'membership.sighted': Type.Object({
    peer,
    store: nameSchema,
    group: Type.String(),
    phase: text,
    leader: Type.Optional(nameSchema),
    ...addressFields,
  }),
  /** Others know the life `by` of this node, which is later than this one, and nobody answers to its
   *  id: it must begin anew, in a life that is later than that. */
  'membership.outlived': Type.Object({ by: count }),
  /** Nobody else answers to this node's id: it may take part. */
  'membership.settled': Type.Object({}),
  /** A peer is in the view. */
  'membership.joined': Type.Object({
    peer,
    peerIncarnation: count,
    store: nameSchema,
    ...addressFields,
  }),
  /** A peer is no longer in the view. */
  'membership.left': Type.Object({
    peer,
    how: Type.Enum(['goodbye', 'failed', 'refused', 'restarted']),
    reason,
  }),
  /** The leader does not have this peer, which is in our view: it may be gone. */
  'membership.doubted': Type.Object({ peer }),
  /** A node was refused: another contract, version, or description. */
  'membership.refused': Type.Object({ peer, reason }),
  /** Another node with our id answers at an address of its own. */
  'membership.duplicate': Type.Object({ reason }),
  /** This node belongs to `group`. `voters` are those of its first configuration, if it knows. */
  'genesis.formed': Type.Object({
    group: nameSchema,
    voters: Type.Optional(Type.Array(voterSchema)),
  }),
  /** This node has left its group for `group`, and must start anew with what its store holds now. */
  'merge.yielded': Type.Object({ group: nameSchema }),
  /** From now on `timing` is in force here, and these are accepted of others too. `changes`: the
   *  keys in which it differs from what this node had; none, when only the others are new. */
  'contract.changed': Type.Object({
    timing: timingSchema,
    former: Type.Array(timingSchema),
    next: Type.Optional(timingSchema),
    changes: Type.Array(text),
  }),
  /** Everything about us is in the replicated state. */
  'enrolment.enrolled': Type.Object({}),
  /** The district refuses us. */
  'enrolment.refused': Type.Object({ reason }),
  /** A peer may be dead; and why we think so. */
  'detector.suspected': Type.Object({ peer, reason, phi: Type.Number() }),
  /** A suspected peer was heard again. */
  'detector.cleared': Type.Object({ peer }),
  /** A peer is dead to us. */
  'detector.failed': Type.Object({ peer, reason }),
  /** The node has entered a term. */
  'election.advanced': Type.Object({ term: count }),
  /** `leader` leads in `term`. */
  'election.elected': Type.Object({ leader: nameSchema, term: count }),
  /** The leader of `term` is lost. */
  'election.lost': Type.Object({ term: count, reason }),
  /** The log ends at `index`, in `term`; it is known to match the leader's up to `matched`. */
  'replica.appended': Type.Object({ index: count, term: count, matched: count, commit: count }),
  /** `voters` vote, from the moment the entry is in the log. While it is not known to be committed,
   *  `former` are those that voted before it. */
  'replica.configured': Type.Object({
    voters: Type.Array(voterSchema),
    former: Type.Optional(Type.Array(voterSchema)),
    index: count,
  }),
  /** The entry at `index` is agreed for good. */
  'replica.committed': Type.Object({ index: count, term: count, command }),
  /** The primary refused a peer's command. */
  'replica.refused': Type.Object({ peer, reason }),
  /** As primary that stops, it takes no more commands; `holders` are voters that hold all it has. */
  'replica.drained': Type.Object({ holders: Type.Array(nameSchema) }),
  /** The state was taken from a snapshot: forget what was learned from commits before. */
  'replica.restored': Type.Object({ index: count, term: count, state: stateSchema }),
  /** The answer to a `replica.request` with this ticket. */
  'replica.answered': Type.Object({
    owner: text,
    ticket: count,
    index: Type.Optional(count),
    problems: Type.Array(text),
    transient: Type.Boolean(),
  }),
  /** The answer to a `lease.ask` with this ticket: all up to `index` is committed and applied. */
  'lease.answered': Type.Object({
    owner: text,
    ticket: count,
    index: Type.Optional(count),
    problems: Type.Array(text),
    transient: Type.Boolean(),
  }),
  /** Our monotonic clock stood still or jumped, by this much as far as it is known. */
  'clock.jumped': Type.Object({ byMs: milliseconds }),
  /** On the leader: `peer` was in this group at `sinceMs` of the timescale `term`, or later. */
  'timekeeper.present': Type.Object({ peer, term: count, sinceMs: milliseconds }),
  /** On the leader: it keeps the timescale of its term, its own clock plus `offsetMs`; it may be off
   *  from those before by these bounds. The last is named first. */
  'timekeeper.kept': Type.Object({
    term: count,
    offsetMs: milliseconds,
    related: Type.Array(Type.Object({ term: count, boundMs: milliseconds })),
  }),
  /** Nothing is known of the group's time any more. */
  'timekeeper.voided': Type.Object({ reason }),
  /** No right of way of another group can bear on this node any more: it is counted in this one. */
  'holder.settled': Type.Object({}),
  /** The log has this life of the node as entered, which is later than ours. */
  'holder.outlived': Type.Object({ by: count }),
  /** How far this node is at its shared intersection: settling, entering, following. */
  'holder.changed': Type.Object({ mode: text }),
  /** What the cabinet of this node says, as in `demand.tell`. */
  'demand.changed': Type.Object({
    intersection: text,
    calls: Type.Array(text),
    isDark: Type.Boolean(),
  }),
  /** The group's time is our clock plus `offsetMs`, give or take `boundMs`; `isOwn`: it is our clock
   *  by definition, and never drifts from it. */
  'timekeeper.synced': Type.Object({
    offsetMs: milliseconds,
    boundMs: milliseconds,
    term: count,
    isOwn: Type.Boolean(),
  }),
  /** A stage got its green; by which plan and for whose call, if by any. */
  'phases.changed': Type.Object({
    stage: text,
    mode: text,
    greenS: Type.Number(),
    plan: Type.Optional(text),
    call: Type.Optional(text),
  }),
} as const;

export type MessageType = keyof typeof messages;
export type FactType = keyof typeof facts;
type Payloads = { [K in MessageType]: Static<(typeof messages)[K]['payload']> };

/** A message as a machine writes it: flat, without the header. */
export type Message = { [K in MessageType]: { type: K } & Payloads[K] }[MessageType];
/**
 * A message as a machine hears it: with who said it, in which group and life, and when. Its counter
 * is there for journals: no machine reads it.
 */
export type Heard<M extends Message = Message> = M & {
  from: string;
  group: string;
  incarnation: number;
  counter?: number;
  bytes: number;
  at: number;
};
/** A fact as a machine says it. */
export type Fact = { [K in FactType]: { type: K } & Static<(typeof facts)[K]> }[FactType];
/** The bus stamps every event with the node's monotonic clock (ms). */
export type Stamped<E> = E & { at: number };

/** Asks the wire to send: to all, to one peer, or to an address where no peer is known yet. */
export type Send<M extends Message = Message> = {
  type: 'wire.send';
  to: string | { host: string; port: number };
  message: M;
};
/** Every node of the network. No node may have this id. */
export const ALL = '*';

/** Asks for a durable write; answered by `storage.written` with the same owner and ticket. */
export type Write = {
  type: 'storage.write';
  owner: string;
  ticket: number;
  puts: { key: string; value: unknown }[];
  /** Keys from `from` (inclusive) on, as long as they are less than `until`, are removed first. */
  removes: { from: string; until: string }[];
};
/** Asks for the store to be emptied, to get another id, and to hold `puts` alone, in one durable
 *  step. Answered like a write. Nothing else is written or said by this life of the node. */
export type Reset = {
  type: 'storage.reset';
  owner: string;
  ticket: number;
  puts: { key: string; value: unknown }[];
};
/** Asks to hear `clock.due` when the node's clock reaches `atMs`; a later ask replaces the former. */
export type Wake = { type: 'clock.wake'; id: string; atMs: number };
/** Asks to hear `clock.told` at once. */
export type AskHour = { type: 'clock.ask' };
/** Asks the lamp driver to show timelines; instants on the node's clock. */
export type Show = {
  type: 'lamps.show';
  /** Comes back in `lamps.accepted`, for who wants to know. */
  ticket?: number;
  /** No instant may miss the node's clock by more at the driver: then it is not sent, and the node
   *  hears `lamps.ready` with what is true now. */
  boundMs?: number;
  notAfterMs: number;
  timelines: Record<string, { lamp: Static<typeof lampSchema>; untilMs: number }[]>;
};
/** Asks the replica to have `command` appended; answered by `replica.answered`. */
export type Ask = { type: 'replica.request'; owner: string; ticket: number; command: Command };
/** Asks for a read of what is agreed, without a command; answered by `lease.answered`. */
export type AskRead = { type: 'lease.ask'; owner: string; ticket: number };
/** Asks the effects to give up the lamps, cleanly. */
export type LeaveLamps = { type: 'lamps.leave' };
export type Request = Send | Write | Reset | Wake | AskHour | Show | Ask | AskRead | LeaveLamps;

/** Everything that travels on a node's bus. */
export type BusEvent = Heard | Stamped<Fact> | Stamped<Request>;
/** The events named by `Type`. */
export type Only<E extends { type: string }, Type extends E['type']> = Extract<E, { type: Type }>;
/** A heard message of this type. */
export type HeardAs<K extends MessageType> = Heard<Only<Message, K>>;
/** A fact of this type, stamped. */
export type FactAs<K extends FactType> = Stamped<Only<Fact, K>>;
/** What a machine may emit: nothing else leaves it. */
export type Emitted = Fact | Request;
