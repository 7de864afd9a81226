/**
 * How one line of the journal changes the picture. One step, pure but for the maps of the picture
 * that it is given; whoever wants to look back keeps copies (`history.ts`).
 */
import type { Fact } from '../protocol/event.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { readCityNote } from './city-note.ts';
import { noteOf, withNote } from './note.ts';
import {
  addStreets,
  LOG_MAX,
  type NodePicture,
  type Picture,
  type Rate,
  unknownNode,
} from './picture.ts';
import { seeTraffic } from './traffic-seen.ts';

type LineOf<K extends JournalLine['kind']> = Extract<JournalLine, { kind: K }>;

/** Over how long bytes a second are counted. In milliseconds. */
const RATE_MS = 1000;

/** Takes one line into the picture. */
export const see = (picture: Picture, line: JournalLine): void => {
  picture.t = Math.max(picture.t, line.t);
  read(picture, line);
  const note = noteOf(line);
  // A line that came late counts as of now, and there one must find it.
  if (note) picture.notes = withNote(picture.notes, { ...note, t: picture.t });
};

const read = (picture: Picture, line: JournalLine): void => {
  switch (line.kind) {
    case 'lamps': {
      const { intersection, lamps, t } = line;
      picture.intersections.set(intersection, { lamps, sinceMs: t });
      return;
    }
    case 'said':
      change(picture, line, ({ said }) => ({ ...awake, said: counted(said, line) }));
      return;
    case 'heard':
      change(picture, line, ({ heard }) => ({ ...awake, heard: counted(heard, line) }));
      return;
    case 'state':
      readState(picture, line);
      return;
    case 'fact':
      readFact(picture, line, line.event);
      return;
    case 'seen':
      readSeen(picture, line);
      return;
    case 'process':
      readProcess(picture, line);
      return;
    case 'roads':
    case 'traffic':
      picture.traffic = seeTraffic(picture.traffic, line);
      return;
    case 'error':
      if (line.node === 'city') readCity(picture, line);
      else change(picture, line, () => ({ trouble: line.message }));
      return;
  }
};

/** A process that says something runs. */
const awake = { standing: 'up' } as const;

/** Changes what is known of the node that the line is about, if it is one of the district. */
const change = (
  picture: Picture,
  { node }: { node: string },
  to: (known: NodePicture) => Partial<NodePicture>,
): void => {
  const known = picture.nodes.get(node);
  if (known) picture.nodes.set(node, { ...known, ...to(known) });
};

const readState = (picture: Picture, line: LineOf<'state'>): void => {
  const { machine, value } = line;
  change(picture, line, ({ machines, steps }) => {
    const from = machines[machine];
    const step = { atMs: picture.t, from };
    return {
      ...awake,
      machines: { ...machines, [machine]: value },
      ...(from !== undefined && { steps: { ...steps, [machine]: step } }),
    };
  });
};

const counted = (
  { sinceMs, bytes, perSecond }: Rate,
  line: { readonly t: number; readonly bytes: number },
): Rate => {
  const lastedMs = line.t - sinceMs;
  if (lastedMs < RATE_MS) return { sinceMs, bytes: bytes + line.bytes, perSecond };
  // The first second of all is not whole.
  const rate = sinceMs === 0 ? perSecond : (bytes * 1000) / lastedMs;
  return { sinceMs: line.t, bytes: line.bytes, perSecond: rate };
};

const readFact = (picture: Picture, line: LineOf<'fact'>, event: Fact): void => {
  const { t } = line;
  switch (event.type) {
    case 'membership.joined':
      change(picture, line, ({ view }) => {
        const { peer, peerIncarnation: incarnation } = event;
        const joined = { peer, incarnation, sinceMs: t, suspected: undefined };
        return { view: new Map(view).set(peer, joined) };
      });
      // A node does not tell its own incarnation; who has it in view does.
      change(picture, { node: event.peer }, () => ({ incarnation: event.peerIncarnation }));
      return;
    case 'membership.left':
      change(picture, line, ({ view }) => {
        const rest = new Map(view);
        rest.delete(event.peer);
        return { view: rest };
      });
      return;
    case 'detector.suspected':
    case 'detector.cleared': {
      const { peer } = event;
      const suspected =
        event.type === 'detector.cleared' ? undefined : { phi: event.phi, reason: event.reason };
      change(picture, line, ({ view }) => {
        const seen = view.get(peer);
        return seen ? { view: new Map(view).set(peer, { ...seen, suspected }) } : {};
      });
      return;
    }
    case 'genesis.formed':
      change(picture, line, () => ({ group: event.group }));
      return;
    case 'election.advanced':
      change(picture, line, () => ({ term: event.term }));
      return;
    case 'election.elected':
      change(picture, line, () => ({ leader: event.leader, term: event.term }));
      return;
    case 'election.lost':
      change(picture, line, () => ({ leader: undefined }));
      return;
    case 'timekeeper.synced':
      change(picture, line, ({ groupAheadMs }) => ({
        boundMs: event.boundMs,
        groupAheadMs: line.groupMs === undefined ? groupAheadMs : line.groupMs - t,
      }));
      return;
    case 'timekeeper.voided':
      change(picture, line, () => ({ boundMs: undefined, groupAheadMs: undefined }));
      return;
    case 'phases.changed':
      change(picture, line, () => ({ stage: event.stage, mode: event.mode }));
      return;
    case 'replica.configured':
      picture.voters = event.voters;
      return;
    case 'replica.restored': {
      const { index, state } = event;
      change(picture, line, () => ({ commit: index, plan: state.plan?.id }));
      // A node may restore a state that is older than what others have told.
      const isNew = index >= (picture.log.at(-1)?.index ?? 0);
      if (state.plan && isNew && picture.plan?.plan.id !== state.plan.id) {
        picture.plan = { plan: state.plan, sinceMs: t };
      }
      if (state.voters.length > 0) picture.voters = state.voters;
      for (const { intersection, links } of state.members) {
        if (intersection) addStreets(picture, { intersections: [intersection], links });
      }
      return;
    }
    case 'replica.committed':
      readCommitted(picture, line, event);
      return;
  }
};

const readCommitted = (
  picture: Picture,
  line: LineOf<'fact'>,
  { index, term, command }: Extract<Fact, { type: 'replica.committed' }>,
): void => {
  const plan = command.kind === 'plan.adopt' ? { plan: command.plan.id } : {};
  change(picture, line, () => ({ commit: index, ...plan }));
  if (command.kind === 'district.admit' && command.intersection) {
    addStreets(picture, { intersections: [command.intersection], links: command.links });
  }
  const last = picture.log.at(-1);
  // Each node tells each entry; the first is when it was agreed, as far as is known here.
  const isNew = last === undefined || index > last.index || term > last.term;
  if (!isNew) return;
  if (command.kind === 'plan.adopt') picture.plan = { plan: command.plan, sinceMs: line.t };
  const kept = picture.log.filter((entry) => entry.index < index).slice(1 - LOG_MAX);
  picture.log = [...kept, { index, term, command, atMs: line.t }];
};

/** What an observer knows of a node that keeps no journal here. */
const readSeen = (picture: Picture, { kind: _, by: __, t: ___, ...seen }: LineOf<'seen'>): void => {
  const { node, standing, leader, ...told } = seen;
  if (standing === 'gone') {
    change(picture, { node }, (known) => blankLife(known, 'down'));
    return;
  }
  change(picture, { node }, () => ({ ...awake, ...told, leader }));
};

const readProcess = (picture: Picture, { node, standing, pid }: LineOf<'process'>): void => {
  change(picture, { node }, (known) => {
    if (standing === 'started') return { ...blankLife(known, 'up'), pid };
    if (standing === 'ended') return blankLife(known, 'down');
    return { standing: standing === 'stopped' ? 'stalled' : 'up' };
  });
};

const readCity = (picture: Picture, { message }: LineOf<'error'>): void => {
  const note = readCityNote(message);
  if (!note) return;
  if (note.kind === 'network') {
    picture.network = note.change(picture.network);
    return;
  }
  change(picture, note, (known) => {
    if (note.kind === 'started') return blankLife(known, 'up');
    if (note.kind === 'killed') return blankLife(known, 'down');
    if (note.kind === 'drifting') return { driftPpm: note.ppm };
    return note.kind === 'stalled' ? { standing: 'stalled' } : {};
  });
};

/** A process that ended or began: nothing of its former life holds. */
const blankLife = (former: NodePicture, standing: 'up' | 'down'): NodePicture => ({
  ...unknownNode(former.node, former.intersection),
  // Its host's, which outlives it.
  driftPpm: former.driftPpm,
  standing,
});
