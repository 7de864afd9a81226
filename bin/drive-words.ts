/** What an operator says is to happen to the nodes of a run, and what that does to the city. */
import type { District } from '../protocol/check-district.ts';
import { nodesOf } from '../protocol/serving.ts';
import type { City } from '../simulation/city.ts';
import type { Fault } from './drive-run.ts';
import { OperatorError } from './read-district.ts';

/** A killed node is started again after so long. In milliseconds. */
const RESTART_MS = 10_000;

export interface Kill {
  readonly node: string;
  readonly atS: number;
}

/** `NODE@SECONDS`, all of them; throws one error that lists every mistake. */
export const killsOf = (words: readonly string[], district: District): Kill[] => {
  const nodes = new Set(['leader', ...district.intersections.flatMap(nodesOf)]);
  const problems: string[] = [];
  const kills = words.flatMap((word) => {
    const [node = '', after = ''] = word.split('@');
    const atS = after.trim() === '' ? Number.NaN : Number(after);
    if (!(atS >= 0)) problems.push(`${word}: after @ comes a number of seconds, as in n3@600`);
    if (!nodes.has(node))
      problems.push(`${word}: there is no node ${node}; leader is whoever leads`);
    return [{ node, atS }];
  });
  if (problems.length > 0) throw new OperatorError(`--kill:\n  ${problems.join('\n  ')}`);
  return kills;
};

export const restarting = ({ node, atS }: Kill): Fault => ({
  atS,
  act: (city) => {
    const victim = node === 'leader' ? leaderOf(city) : node;
    if (victim === undefined) return;
    city.kill(victim);
    city.at(city.now() + RESTART_MS, () => city.restart(victim));
  },
});

const leaderOf = (city: City): string | undefined =>
  city.running().find((id) => city.place(id).stateOf('election')?.value === 'leader');
