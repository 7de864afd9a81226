/** Whether a node shows that it lives, to whoever asks, and helps others to find out. */
import type { Message } from '../protocol/event.ts';
import { exchange, judge, judgeBeat, PATIENCE_MS } from './asking.ts';
import type { Script } from './director.ts';
import { isOf } from './ear.ts';
import { claim, logEndOf } from './elections.ts';
import type { Stage } from './stage.ts';

/** What is still the right time between two beats. */
const SLOW = 1.5;

/** Probes, direct and for another. */
export function* probes(stage: Stage): Script {
  const { parts } = stage.group;
  const [a, b] = parts;
  yield* judge(stage, ['probed'], a, { type: 'detector.probe' }, 'one');
  yield* judge(stage, ['probed'], b, { type: 'detector.probe', for: a.id }, 'one');
  yield* judge(stage, ['helps'], a, { type: 'detector.ask', peer: b.id }, 'one');
  yield* judge(stage, ['helps'], b, { type: 'detector.alive', for: a.id }, 'one');
}

/** Leases of its term, of the one before, and of one that is not there yet. */
export function* leases(stage: Stage): Script {
  const { term, parts } = stage.group;
  const [a] = parts;
  for (const [round, of] of [term, term - 1, term + 1].entries()) {
    yield* judge(stage, ['lease'], a, { type: 'lease.renew', term: of, round: round + 1 });
  }
  yield* judgeBeat(stage, ['lease']);
  // Who has voted for another grants nothing in the former term.
  yield* exchange(stage, a, claim(term + 1, logEndOf(stage), true));
  yield* judge(stage, ['lease'], a, { type: 'lease.renew', term, round: 9 });
  stage.group.term = term + 1;
  yield* exchange(stage, a, stage.group.beatOf(a));
}

/** Who asks hears who is there; who goes by its name is told that it is taken. */
export function* questions(stage: Stage): Script {
  const { group, subject, said, verdicts } = stage;
  const [a] = group.parts;
  let mark = said.length;
  stage.tell(a, group.announcementOf(a, true), 'all');
  const answered = () => said.slice(mark).some((one) => isOf(one, 'membership.announce'));
  const isAnswered = yield* stage.until(PATIENCE_MS, answered);
  verdicts.check('asked', isAnswered, () => `nothing in ${PATIENCE_MS} ms`);
  mark = said.length;
  const store = `${subject.store.slice(0, 40)}-not`;
  const { name: district } = stage.options.district;
  const challenge: Message = {
    type: 'membership.challenge',
    ...{ district, store, reply: a.address },
  };
  // Somebody else who goes by its name.
  const guise = { id: subject.id, group: '', incarnation: subject.incarnation + 1, counter: 1 };
  stage.tell(a, challenge, 'one', guise);
  const present = () => said.slice(mark).find((one) => isOf(one, 'membership.present'));
  yield* stage.until(PATIENCE_MS, () => present() !== undefined);
  const { message } = present() ?? {};
  const told = message && 'store' in message ? message.store : 'nothing';
  verdicts.check('challenged', told === subject.store, () => `it answered ${told}`);
}

/** How often it has beaten until now. */
export const judgeBeats = (stage: Stage): void => {
  const { beatMs } = stage.group.timing;
  const times = stage.said.flatMap((one) =>
    isOf(one, 'detector.beat') && one.via === 'all' ? [one.message.at] : [],
  );
  const intervals = times.slice(1).map((at, k) => at - (times[k] as number));
  intervals.sort((x, y) => x - y);
  const [short, median, long] = [0.25, 0.5, 0.75].map(
    (part) => intervals[Math.floor(intervals.length * part)] ?? Number.POSITIVE_INFINITY,
  ) as [number, number, number];
  // On a busy host many come late, and the next ones soon afterwards.
  const isRight = short <= beatMs * SLOW && long >= beatMs / SLOW;
  const detail = () => `${times.length} beats, ${Math.round(median)} ms apart, not ${beatMs}`;
  stage.verdicts.check('beats', isRight, detail);
};
