/**
 * Opens a stage for each kind of district that a file of scenarios is for and the run is asked for,
 * and plays the scenarios on it.
 */
import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { kinds } from './districts.ts';
import { isLeftOut, missingForHosts } from './means.ts';
import { SEED } from './rounds.ts';
import { Stage } from './stage.ts';

/** Every wait in a scenario has a bound of its own. */
const SCENARIO_MS_MAX = 240_000;
const ROUND_MS_MAX = 45_000;

export interface Scenes {
  /** How often to play what chance decides. */
  readonly rounds: number;
  readonly scenario: (sentence: string, play: (stage: Stage) => Promise<void>) => void;
}

export const scenes = (
  about: string,
  names: readonly string[],
  write: (scenes: Scenes) => void,
): void => {
  const asked = inject('rounds');
  const rows = names.flatMap((name) => {
    const [kind, rounds] = [kinds[name], asked[name]];
    return kind && rounds ? [{ kind, rounds, name: kind.name }] : [];
  });
  describe.skipIf(isLeftOut(about, missingForHosts)).each(rows)(
    `${about}: $name`,
    ({ kind, rounds }) => {
      const limitMs = SCENARIO_MS_MAX + rounds * ROUND_MS_MAX;
      let stage: Stage;
      beforeAll(async () => {
        stage = await Stage.open(kind, SEED);
      }, limitMs);
      afterAll(() => stage?.close(), limitMs);
      write({
        rounds,
        scenario: (sentence, play) => test(sentence, () => stage.play(play), limitMs),
      });
    },
  );
};
