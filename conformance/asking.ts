/** How a question is put: said, waited for, compared with what the shadow says. */
import type { HeardAs, Message } from '../protocol/event.ts';
import { type Exchange, faultOf, fieldsOf, isAnswer, isComplete, textOf } from './answers.ts';
import type { Script } from './director.ts';
import { isOf, type Said } from './ear.ts';
import type { Part } from './part.ts';
import type { SentenceId } from './sentences.ts';
import type { Stage } from './stage.ts';

/** How long an answer may take when all is heard: a disk may be slow. */
const ANSWER_MS = 2_000;
/** How much later than it should something may come, because a host is busy. */
export const PATIENCE_MS = 8_000;
/** How long it is listened whether something is said that should not be. */
const QUIET_MS = 60;
/** Probes of which nothing came, one after another, after which there is nobody to be tried. */
const UNANSWERED_MAX = 2;
const FENCE = 'conform-fence-';

/** The node says nothing any more: the rest cannot be tried. */
export class SilentError extends Error {}

const isFence = (said: Said): boolean =>
  isOf(said, 'detector.alive') && (said.message.for?.startsWith(FENCE) ?? false);

/**
 * Waits until the node has heard all that was said to it: it answers a probe that was said last. What
 * it says from then on it says in the knowledge of everything.
 */
export function* fence(stage: Stage, by: Part): Script {
  const token = `${FENCE}${by.counter}`;
  const answers = () =>
    stage.said.filter((said) => isOf(said, 'detector.alive') && said.message.for === token);
  stage.tell(by, { type: 'detector.probe', for: token });
  const isAnswered = yield* stage.until(PATIENCE_MS, () => answers().length > 0);
  stage.verdicts.check('probed', isAnswered, () => `nothing in ${PATIENCE_MS} ms`);
  const [answer] = answers();
  if (answer) stage.heardAll = { counter: answer.counter, at: answer.message.at };
  stage.unanswered = isAnswered ? 0 : stage.unanswered + 1;
  if (stage.unanswered >= UNANSWERED_MAX) {
    throw new SilentError(`it answers no probe any more: ${stage.losses.at(-1) ?? 'silence'}`);
  }
}

/** Says a message and hears what is said to it. */
export function* exchange(
  stage: Stage,
  by: Part,
  asked: Message,
  via: 'all' | 'one' = 'all',
): Script<Exchange> {
  const { group, said } = stage;
  group.hold(true);
  const mark = said.length;
  const repairedMs = said.findLast((one) => isOf(one, 'replica.nack'))?.message.at ?? -Infinity;
  const hasJustAsked = stage.now - repairedMs < group.timing.repairMs * 1.2;
  const expected = stage.say(by, asked, via).filter(({ message }) => isAnswer(message));
  const answers = (): Exchange => ({
    asked,
    expected,
    got: said.slice(mark).filter((one) => isAnswer(one.message) && !isFence(one)),
    hasJustAsked,
  });
  yield* fence(stage, by);
  yield* stage.until(ANSWER_MS, () => hasJustAsked || isComplete(answers()));
  if (expected.length === 0 || hasJustAsked) yield* stage.pause(QUIET_MS);
  group.hold(false);
  return answers();
}

/** Says a message; what is said to it must be what the machines say. */
export function* judge(
  stage: Stage,
  ids: readonly SentenceId[],
  ...[by, message, via]: [Part, Message, ('all' | 'one')?]
): Script<boolean> {
  const fault = faultOf(yield* exchange(stage, by, message, via));
  for (const id of ids) stage.verdicts.check(id, fault === undefined, () => fault ?? '');
  return fault === undefined;
}

/** The first beat that the node says in the knowledge of everything. */
export function* nextBeat(stage: Stage): Script<HeardAs<'detector.beat'> | undefined> {
  yield* fence(stage, stage.group.parts[0]);
  const beat = () => stage.said.find((one) => isOf(one, 'detector.beat') && stage.isInformed(one));
  yield* stage.until(stage.group.timing.beatMs + PATIENCE_MS, () => beat() !== undefined);
  const found = beat();
  return found && isOf(found, 'detector.beat') ? found.message : undefined;
}

/** What the next beat says must be how the shadow stands. */
export function* judgeBeat(stage: Stage, ids: readonly SentenceId[]): Script {
  const beat = yield* nextBeat(stage);
  const should = stage.shadow?.standing;
  const isRight =
    beat !== undefined &&
    should !== undefined &&
    beat.term === should.term &&
    (beat.leader ?? null) === should.leader &&
    beat.commit === should.commit &&
    beat.index <= should.index &&
    beat.index >= should.commit;
  const detail = () =>
    `it beats ${beat ? textOf(fieldsOf(beat)) : 'no more'}; the machines stand at ${JSON.stringify(should)}`;
  for (const id of ids) stage.verdicts.check(id, isRight, detail);
}
