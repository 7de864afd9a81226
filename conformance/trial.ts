/**
 * Tries one node: leads it through a life, from its arrival to its farewell, and says what of the
 * protocol held. Whoever plays it hands in the network and the clock.
 */
import { anyOrder, type Chance } from './any-order.ts';
import { judge, SilentError } from './asking.ts';
import type { Script } from './director.ts';
import {
  claim,
  electionInOneTerm,
  electionsByLog,
  logEndOf,
  silence,
  takeOffice,
} from './elections.ts';
import { entriesInOrder, entriesOfAnother } from './entries.ts';
import { AbsentError, enrolling, judgeAdmitted, learning, meeting } from './joining.ts';
import { leaving } from './leaving.ts';
import { judgeBeats, leases, probes, questions } from './life-signs.ts';
import { oddities } from './oddities.ts';
import { Stage, type StageOptions } from './stage.ts';
import type { Verdict } from './verdicts.ts';

export interface TrialOptions extends StageOptions {
  readonly chance: Chance;
  /** How long the node may take to announce itself. In milliseconds. */
  readonly waitMs: number;
  /** How long somebody may take to stop the node; undefined: nobody will. In milliseconds. */
  readonly leaveMs?: number;
  /** Told what is being done. */
  readonly tell?: (what: string) => void;
}

export interface Findings {
  readonly node: string | null;
  readonly verdicts: readonly Verdict[];
  /** Why the rest was not reached. */
  readonly ended?: string;
  /** Who announced themselves instead, with their addresses. */
  readonly others: readonly string[];
}

export const tryNode = async (options: TrialOptions): Promise<Findings> => {
  const stage = new Stage(options);
  let ended: string | undefined;
  try {
    await stage.open();
    await stage.play(life(stage, options));
  } catch (error) {
    if (!(error instanceof SilentError || error instanceof AbsentError)) throw error;
    ended = error.message;
  } finally {
    await stage.close();
  }
  return {
    node: stage.ear.subject?.id ?? null,
    verdicts: stage.verdicts.list(),
    ...(ended !== undefined && { ended }),
    others: [...stage.ear.others].map(([id, address]) => `${id} at ${address}`),
  };
};

function* life(stage: Stage, options: TrialOptions): Script {
  const { chance, waitMs, leaveMs, tell = () => {} } = options;
  const { group, verdicts } = stage;
  const [, b] = group.parts;
  tell(`waits for ${options.target.host}:${options.target.port}`);
  yield* meeting(stage, waitMs);
  tell(`${stage.subject.id} is there`);
  yield* learning(stage);
  const committedMs = yield* enrolling(stage);
  tell('it is a voter');
  yield* probes(stage);
  yield* entriesInOrder(stage);
  yield* electionInOneTerm(stage);
  const end = logEndOf(stage);
  yield* judge(stage, ['votes'], b, claim(group.term + 1, end));
  yield* takeOffice(stage, b, group.term + 1);
  yield* entriesOfAnother(stage, b);
  yield* electionsByLog(stage);
  yield* silence(stage);
  yield* leases(stage);
  yield* questions(stage);
  yield* oddities(stage);
  tell(`${chance.steps} messages by chance, from seed ${chance.seed}`);
  yield* anyOrder(stage, chance);
  judgeAdmitted(stage, committedMs);
  judgeBeats(stage);
  if (leaveMs === undefined) {
    verdicts.leave('leaves', 'nobody was to stop it (--leave)');
    return;
  }
  tell('stop it now');
  yield* leaving(stage, leaveMs);
}
