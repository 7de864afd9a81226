/**
 * Messages in an order that chance makes: what a network delivers of elections and of leaders that
 * send, lose and repeat entries. Nothing is in it that could not have come about: a term has one
 * leader, an entry is what its index and term say, what is committed stays.
 */
import type { LogEnd } from '../machines/ballot.ts';
import type { Message } from '../protocol/event.ts';
import { type Random, random } from '../simulation/random.ts';
import { judge, judgeBeat } from './asking.ts';
import type { Script } from './director.ts';
import { claim, logEndOf, poll } from './elections.ts';
import type { Part } from './part.ts';
import type { Stage } from './stage.ts';

/** Messages said before that may come again. */
const REPEATED_MAX = 40;

interface Letter {
  readonly by: Part;
  readonly message: Message;
}

export interface Chance {
  readonly seed: number;
  readonly steps: number;
}

/** Says so many messages; each must be answered as the machines do. */
export function* anyOrder(stage: Stage, { seed, steps }: Chance): Script {
  const chance = random(seed, 'any order');
  const past: Letter[] = [];
  if (steps === 0) stage.verdicts.leave('order', 'no messages were asked for (--steps)');
  for (let k = 0; k < steps; k += 1) {
    const letter = draw(stage, chance, past);
    const isRight = yield* judge(stage, ['order'], letter.by, letter.message);
    past.push(letter);
    if (past.length > REPEATED_MAX) past.shift();
    if (!isRight) return;
    // Beats, and what was lost of it, go on between.
    if (k % 20 === 19) yield* judgeBeat(stage, ['order']);
  }
}

/** Draws a message that may come now. */
const draw = (stage: Stage, chance: Random, past: readonly Letter[]): Letter => {
  const { group } = stage;
  const { term = 0 } = stage.shadow?.standing ?? {};
  if (term > group.term) {
    // Who led is led by nobody any more who has heard of the greater term.
    Object.assign(group, { term, leader: null });
  }
  const by = chance.pick(group.parts);
  const { leader } = group;
  const kind = chance.next();
  if (leader && kind < 0.35) return { by: leader, message: entries(stage, chance) };
  if (kind < 0.45) return { by, message: poll(termNear(stage, chance), someEnd(stage, chance)) };
  if (kind < 0.6) return { by, message: someClaim(stage, chance) };
  if (leader && kind < 0.7) return { by: leader, message: ahead(stage, chance) };
  if (leader && kind < 0.75) {
    group.leader = null;
    return { by: leader, message: group.beatOf(leader) };
  }
  if (kind < 0.8) {
    const round = chance.below(9);
    return { by, message: { type: 'lease.renew', term: termNear(stage, chance), round } };
  }
  const old = past.filter(({ message }) => 'term' in message && message.term < term);
  return kind < 0.9 && old.length > 0 ? chance.pick(old) : office(stage, by, chance);
};

/** The term that the group is in, the one before, or the next. */
const termNear = ({ group }: Stage, chance: Random): number =>
  Math.max(0, group.term + chance.below(3) - 1);

/** The end of the node's log, or one that compares with it in any way. */
const someEnd = (stage: Stage, chance: Random): LogEnd => {
  const { lastTerm, lastIndex } = logEndOf(stage);
  return {
    lastTerm: Math.max(0, lastTerm + chance.below(3) - 1),
    lastIndex: Math.max(0, lastIndex + chance.below(5) - 2),
  };
};

const someClaim = (stage: Stage, chance: Random): Message => {
  const term = termNear(stage, chance);
  // A leader sends its heir into the next term.
  const isTransfer = term > stage.group.term && chance.chance(0.5);
  return claim(term, someEnd(stage, chance), isTransfer);
};

/** Entries of the leader: new ones, some of those before, or none; perhaps with a gap. */
const entries = ({ group }: Stage, chance: Random): Message => {
  const { ledger, term } = group;
  for (let k = chance.below(3); k > 0; k -= 1) ledger.append(term);
  const { lastIndex } = ledger.end;
  ledger.commit = Math.min(lastIndex, ledger.commit + chance.below(3));
  const first = Math.max(ledger.ground.index, ledger.commit - 3);
  const prevIndex = first + chance.below(lastIndex - first + 1);
  return ledger.prepare(term, prevIndex, chance.below(4));
};

/** A beat of the leader that may say more than the node has. */
const ahead = ({ group }: Stage, chance: Random): Message => {
  if (chance.chance(0.5)) group.sent = group.ledger.end.lastIndex;
  return group.beatOf(group.leader as Part);
};

/** Somebody leads in the next term, with a log that has all that is committed. */
const office = ({ group, shadow }: Stage, by: Part, chance: Random): Letter => {
  const { ledger } = group;
  const open = ledger.end.lastIndex - ledger.commit;
  ledger.cut(ledger.commit + chance.below(open + 1));
  const term = group.term + 1;
  ledger.append(term, { kind: 'term.open', leader: by.id });
  Object.assign(group, { leader: by, term, sent: shadow?.standing.commit ?? 0 });
  return { by, message: group.beatOf(by) };
};
