/** What a voter makes of entries: in order, again, with gaps, ahead of it, and against its log. */
import { exchange, judge, judgeBeat } from './asking.ts';
import type { Script } from './director.ts';
import type { Part } from './part.ts';
import type { Stage } from './stage.ts';

/** Missing entries may be asked for again. */
function* rest(stage: Stage): Script {
  yield* stage.pause(stage.group.timing.repairMs * 1.3);
}

const appendTo = ({ group }: Stage, count: number): void => {
  for (let k = 0; k < count; k += 1) group.ledger.append(group.term);
};

/** Entries of one leader. */
export function* entriesInOrder(stage: Stage): Script {
  const { group } = stage;
  const { ledger, term } = group;
  const [a] = group.parts;
  const { lastIndex: end } = ledger.end;
  const prepare = (after: number, count: number) => ledger.prepare(term, end + after, count);
  appendTo(stage, 7);
  yield* judge(stage, ['acknowledges', 'honest'], a, prepare(0, 1));
  yield* judge(stage, ['acknowledges'], a, prepare(0, 1));
  yield* judge(stage, ['gap', 'honest'], a, prepare(3, 1));
  yield* judge(stage, ['acknowledges', 'honest'], a, prepare(1, 3), 'one');
  yield* judge(stage, ['acknowledges', 'honest'], a, prepare(0, 2));
  yield* judgeBeat(stage, ['gap']);
  yield* rest(stage);
  ledger.commit = end + 7;
  group.sent = end + 7;
  yield* judge(stage, ['lost'], a, group.beatOf(a));
  yield* judgeBeat(stage, ['commits']);
  yield* judge(stage, ['acknowledges'], a, prepare(4, 3), 'one');
  yield* judgeBeat(stage, ['commits']);
  // What overtakes must not be taken before what it follows.
  yield* rest(stage);
  appendTo(stage, 2);
  yield* judge(stage, ['gap', 'honest'], a, prepare(8, 1));
  yield* judge(stage, ['acknowledges', 'honest'], a, prepare(7, 1));
  yield* judge(stage, ['acknowledges'], a, prepare(8, 1));
  yield* judgeBeat(stage, ['commits']);
}

/** A new leader, whose log is another from its commit on. */
export function* entriesOfAnother(stage: Stage, leader: Part): Script {
  const { group } = stage;
  const { ledger, term } = group;
  const { commit } = ledger;
  yield* judgeBeat(stage, ['anew', 'follows']);
  // It has two entries beyond: of them the new leader has but the first.
  yield* judge(stage, ['honest', 'acknowledges'], leader, ledger.prepare(term, commit, 1));
  ledger.cut(commit + 1);
  appendTo(stage, 3);
  yield* rest(stage);
  yield* judge(stage, ['contradiction'], leader, ledger.prepare(term, commit + 2, 1));
  yield* judge(
    stage,
    ['replaces', 'acknowledges'],
    leader,
    ledger.prepare(term, commit + 1, 2),
    'one',
  );
  ledger.commit = commit + 3;
  yield* exchange(stage, leader, group.beatOf(leader));
  yield* judgeBeat(stage, ['commits']);
}
