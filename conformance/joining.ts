/** How a node comes to a group: it announces itself, learns what is agreed, is admitted, and votes. */
import type { Message, MessageType } from '../protocol/event.ts';
import { contractDigest } from '../protocol/timing.ts';
import { exchange, judge, judgeBeat, PATIENCE_MS } from './asking.ts';
import type { Script } from './director.ts';
import { isOf, type Said } from './ear.ts';
import type { Stage } from './stage.ts';

/** Nobody has announced the address, or who does is in a group of its own. */
export class AbsentError extends Error {}

const ofType = <K extends MessageType>({ said }: Stage, type: K) =>
  said.flatMap((one) => (isOf(one, type) ? [one] : []));

const announcements = (stage: Stage) => ofType(stage, 'membership.announce');

/** Waits until somebody announces the address, and takes the group. */
export function* meeting(stage: Stage, waitMs: number): Script {
  const { group, ear, verdicts } = stage;
  const { joinAnnounceMs, discoveryMs } = group.timing;
  const openedMs = stage.now;
  const isMet = yield* stage.until(waitMs, () => ear.subject !== undefined);
  if (!isMet) throw new AbsentError(`nobody announced it within ${waitMs / 1000} s`);
  const isForeign = ({ message }: Said) => message.group !== '' && message.group !== group.name;
  const isOurs = (said: Said) => said.message.group === group.name;
  const limitMs = joinAnnounceMs * 8 + discoveryMs + PATIENCE_MS;
  yield* stage.until(limitMs, () =>
    announcements(stage).some((one) => isOurs(one) || isForeign(one)),
  );
  const foreign = announcements(stage).find(isForeign);
  if (foreign) {
    const remedy = 'start it anew while this runs, or say `expect: 3` in its district file';
    throw new AbsentError(`it is in a group of its own, ${foreign.message.group}: ${remedy}`);
  }
  const digest = contractDigest(stage.options.district.contract);
  const [first] = announcements(stage);
  const said = first?.message.contract;
  verdicts.check('contract', said === digest, () => `it announces ${said}, and not ${digest}`);
  stage.beginShadow();
  const isTaken = yield* stage.until(PATIENCE_MS, () =>
    announcements(stage).some((one) => isOurs(one) && one.message.asks),
  );
  verdicts.check('group', isTaken, () => `no announcement that asks names ${group.name}`);
  // Who was there before may have said more than was heard.
  if (first && first.message.at - openedMs > joinAnnounceMs * 2) judgeArrival(stage);
  else verdicts.leave('joins', 'it was there when this began: start it afterwards');
}

const judgeArrival = (stage: Stage): void => {
  const all = announcements(stage).map(({ message }) => message);
  const settled = all.findIndex(({ phase }) => phase === 'member');
  const before = all.slice(0, settled);
  const isRight =
    settled >= 2 &&
    before.every(({ phase, asks }) => phase === 'joining' && asks) &&
    all[settled]?.asks === true;
  const words = all.map(({ phase, asks }) => (asks ? `${phase} that asks` : phase));
  stage.verdicts.check('joins', isRight, () => `it announced itself as ${words.join(', ')}`);
};

/** It follows, fetches the state in parts, and takes no entries before. */
export function* learning(stage: Stage): Script {
  const { group, verdicts } = stage;
  const { ledger, timing, term } = group;
  const [a] = group.parts;
  yield* stage.pause(timing.beatMs * 1.5);
  yield* judgeBeat(stage, ['follows']);
  const fetches = () => ofType(stage, 'replica.fetch');
  const isFetch = (index: number, offset: number) => (one: ReturnType<typeof fetches>[number]) =>
    one.by === a && one.message.index === index && one.message.offset === offset;
  const asks = () => fetches().filter(isFetch(0, 0)).length;
  yield* stage.until(timing.retryMs * 3 + PATIENCE_MS, () => asks() > 1);
  verdicts.check('fetches', asks() > 1, () => `it asked ${asks()} times: ${wordsOf(fetches())}`);
  ledger.append(term);
  yield* judge(stage, ['empty', 'learner'], a, ledger.prepare(term, ledger.ground.index, 1));
  yield* judgeBeat(stage, ['empty']);
  const { index, term: indexTerm, state } = ledger.ground;
  const text = JSON.stringify(state);
  const half = Math.ceil(text.length / 2);
  const part = (offset: number, data: string): Message => ({
    type: 'replica.chunk',
    ...{ term, index, indexTerm, offset, total: text.length, data },
  });
  stage.say(a, part(0, text.slice(0, half)), 'one');
  const isNext = yield* stage.until(PATIENCE_MS, () => fetches().some(isFetch(index, half)));
  const detail = () => `it asked for ${wordsOf(fetches())}, and not for ${half} of ${index}`;
  verdicts.check('parts', isNext, detail);
  stage.say(a, part(half, text.slice(half)), 'one');
  yield* judgeBeat(stage, ['parts']);
}

const wordsOf = (fetches: readonly { message: { index: number; offset: number } }[]): string =>
  fetches.map(({ message: { index, offset } }) => `${offset} of ${index}`).join(', ') || 'nothing';

const admissions = (stage: Stage) =>
  ofType(stage, 'replica.propose').filter(
    ({ message }) => message.command.kind === 'district.admit',
  );

/** It asks to be admitted until it is; gives back when that was agreed on. */
export function* enrolling(stage: Stage): Script<number> {
  const { group, verdicts } = stage;
  const { ledger, timing, term } = group;
  const [a] = group.parts;
  const { id: node, store } = stage.subject;
  const count = () => admissions(stage).length;
  yield* stage.until(timing.retryMs * 3 + PATIENCE_MS, () => count() > 1);
  const asked = admissions(stage).at(-1);
  const command = asked?.message.command;
  const isItself =
    command?.kind === 'district.admit' && command.node === node && command.store === store;
  const words = () => `it proposed ${count()} times: ${JSON.stringify(command)}`;
  verdicts.check('admits', count() > 1 && isItself && asked?.by === a, words);
  const from = ledger.ground.index;
  ledger.append(term, isItself ? command : { kind: 'district.admit', node, store, links: [] });
  const index = ledger.end.lastIndex;
  if (asked) {
    const { ticket } = asked.message;
    stage.say(a, { type: 'replica.answer', ticket, index, problems: [], transient: false }, 'one');
  }
  yield* judge(stage, ['learner'], a, ledger.prepare(term, from, index - from), 'one');
  ledger.commit = index;
  yield* exchange(stage, a, group.beatOf(a));
  yield* judgeBeat(stage, ['commits']);
  const committedMs = stage.now;
  const others = group.parts.map((part) => ({ node: part.id, store: part.store }));
  const voters = [...others, { node, store }].sort((x, y) => (x.node < y.node ? -1 : 1));
  ledger.append(term, { kind: 'voters.change', voters });
  yield* judge(stage, ['voter', 'acknowledges'], a, ledger.prepare(term, index, 1));
  ledger.commit = ledger.end.lastIndex;
  yield* exchange(stage, a, group.beatOf(a));
  yield* judgeBeat(stage, ['commits']);
  return committedMs;
}

/** Whether it went on to ask for what it had been given. */
export const judgeAdmitted = (stage: Stage, committedMs: number): void => {
  const { retryMs } = stage.group.timing;
  const isLong = stage.now - committedMs > retryMs * 2;
  const more = admissions(stage).filter(({ message: { at } }) => at > committedMs + retryMs / 2);
  const detail = () => `it proposed its admission ${more.length} times after it was agreed on`;
  if (isLong) stage.verdicts.check('admitted', more.length === 0, detail);
};
