/** What a voter makes of polls and claims: with a leader and without, in every order of terms and logs. */
import type { LogEnd } from '../machines/ballot.ts';
import type { Message } from '../protocol/event.ts';
import { exchange, judge, judgeBeat, PATIENCE_MS } from './asking.ts';
import type { Script } from './director.ts';
import type { Part } from './part.ts';
import type { SentenceId } from './sentences.ts';
import type { Stage } from './stage.ts';

export const poll = (term: number, end: LogEnd): Message => ({
  type: 'election.poll',
  term,
  lastTerm: end.lastTerm,
  lastIndex: end.lastIndex,
});

export const claim = (term: number, end: LogEnd, transfer = false): Message => ({
  type: 'election.claim',
  term,
  transfer,
  lastTerm: end.lastTerm,
  lastIndex: end.lastIndex,
});

/** Logs compared with one that ends so. */
const behind = ({ lastTerm, lastIndex }: LogEnd) => ({ lastTerm, lastIndex: lastIndex - 1 });
const longerButOlder = ({ lastTerm, lastIndex }: LogEnd) => ({
  lastTerm: lastTerm - 1,
  lastIndex: lastIndex + 9,
});
const shorterButNewer = ({ lastTerm, lastIndex }: LogEnd) => ({
  lastTerm: lastTerm + 1,
  lastIndex: lastIndex - 2,
});

/** A part leads from now on, and says so. */
export function* takeOffice(stage: Stage, part: Part, term: number): Script {
  Object.assign(stage.group, { leader: part, term });
  yield* exchange(stage, part, stage.group.beatOf(part));
}

/** Its leader says that it leads no longer. */
export function* resign(stage: Stage, ids: readonly SentenceId[] = []): Script {
  const { group } = stage;
  const leader = group.leader as Part;
  group.leader = null;
  yield* judge(stage, ids, leader, group.beatOf(leader));
}

/** The log of the node, as it should be. */
export const logEndOf = ({ shadow }: Stage): LogEnd =>
  shadow?.logEnd ?? { lastTerm: 0, lastIndex: 0 };

/** A leader is there, is lost, and two stand for its office in one term. */
export function* electionInOneTerm(stage: Stage): Script {
  const { group } = stage;
  const [a, b] = group.parts;
  const end = logEndOf(stage);
  const { term } = group;
  yield* judge(stage, ['led'], b, poll(term + 1, end));
  yield* judge(stage, ['heeds'], b, claim(term + 1, end));
  yield* judgeBeat(stage, ['heeds', 'led']);
  yield* resign(stage, ['late']);
  yield* judge(stage, ['leans'], b, poll(term + 1, behind(end)));
  yield* judge(stage, ['leans'], b, poll(term + 1, longerButOlder(end)));
  yield* judge(stage, ['leans'], b, poll(term, end));
  yield* judge(stage, ['leans'], b, poll(term + 1, end));
  yield* judgeBeat(stage, ['polled', 'resigned']);
  yield* judge(stage, ['votes', 'enters'], b, claim(term + 1, behind(end)));
  group.term = term + 1;
  yield* judge(stage, ['votes'], a, claim(term + 1, end));
  yield* judge(stage, ['once'], b, claim(term + 1, end));
  yield* judge(stage, ['again'], a, claim(term + 1, end));
  yield* judge(stage, ['old'], b, claim(term, end));
  yield* judge(stage, ['stale'], a, group.ledger.prepare(term, end.lastIndex - 1, 1));
  yield* judgeBeat(stage, ['stale', 'enters']);
}

/** Offices that are handed over, and logs that are newer or longer. */
export function* electionsByLog(stage: Stage): Script {
  const { group } = stage;
  const { ledger } = group;
  const [a, b] = group.parts;
  let { term } = group;
  const end = logEndOf(stage);
  yield* judge(stage, ['transfer'], a, claim(term + 1, end, true));
  term += 1;
  yield* takeOffice(stage, a, term);
  ledger.cut(end.lastIndex);
  ledger.append(term, { kind: 'term.open', leader: a.id });
  yield* judge(stage, ['follows'], a, ledger.prepare(term, end.lastIndex, 1));
  yield* judge(stage, ['transfer'], b, claim(term + 1, end, true));
  yield* judgeBeat(stage, ['transfer', 'follows']);
  yield* resign(stage);
  const newEnd = logEndOf(stage);
  yield* judge(stage, ['votes'], b, claim(term + 1, longerButOlder(newEnd)));
  yield* judge(stage, ['votes'], b, claim(term + 2, shorterButNewer(newEnd)));
  yield* judge(stage, ['once'], a, claim(term + 2, newEnd));
  yield* judge(stage, ['votes'], a, claim(term + 3, newEnd));
  yield* takeOffice(stage, a, term + 3);
  ledger.append(term + 3, { kind: 'term.open', leader: a.id });
  ledger.commit = ledger.end.lastIndex;
  yield* judge(stage, ['acknowledges'], a, ledger.prepare(term + 3, newEnd.lastIndex, 1));
  yield* judgeBeat(stage, ['follows', 'terms']);
}

/** The leader is not heard any more; then it is again. */
export function* silence(stage: Stage): Script {
  const { group, shadow } = stage;
  const [a] = group.parts;
  const { leaderSilenceMs, beatMs } = group.timing;
  group.isLeaderSilent = true;
  const limitMs = leaderSilenceMs + beatMs * 2 + PATIENCE_MS / 2;
  const since = stage.said.length;
  const isWithout = () =>
    stage.said
      .slice(since)
      .some(({ message }) => message.type === 'detector.beat' && !('leader' in message));
  const isLost = yield* stage.until(limitMs, isWithout);
  stage.verdicts.check('silence', isLost, () => `after ${limitMs} ms it still follows ${a.id}`);
  shadow?.learn({ type: 'detector.suspected', peer: a.id, reason: 'silent', phi: 8 });
  group.isLeaderSilent = false;
  yield* exchange(stage, a, group.beatOf(a));
  yield* judgeBeat(stage, ['silence', 'follows']);
}
