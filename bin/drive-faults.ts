/**
 * What an operator says is to happen to the nodes of a run and to the links between them, and what
 * that does to the city. Instants are seconds after the scenario's beginning.
 */
import type { Replica } from '../machines/replication.ts';
import { votersOf } from '../machines/replication.ts';
import type { District } from '../protocol/check-district.ts';
import { nodesOf } from '../protocol/serving.ts';
import type { City } from '../simulation/city.ts';
import { leaderOf } from './city-watch.ts';
import { OperatorError } from './read-district.ts';

/** A killed node is started again after so long, where nothing else is said. In seconds. */
const RESTART_S = 10;

export interface Fault {
  readonly atS: number;
  /** Does it, and tells in words what was done. */
  readonly act: (city: City, tell: (what: string) => void) => void;
}

/** `WHAT@SECONDS`, `WHAT@SECONDS..SECONDS` or `WHAT@SECONDS..`, which does not end. */
interface Word {
  readonly text: string;
  readonly what: string;
  readonly atS: number;
  /** Undefined where nothing is said of an end. */
  readonly untilS: number | undefined;
}

export interface FaultWords {
  readonly kill: readonly string[];
  readonly cut: readonly string[];
}

/** All that is said, in order; throws one error that lists every mistake. */
export const faultsOf = ({ kill, cut }: FaultWords, district: District): Fault[] => {
  const nodes = [...new Set(district.intersections.flatMap(nodesOf))].sort();
  const problems: string[] = [];
  const each = (option: string, texts: readonly string[], read: Reader): Fault[] =>
    texts.flatMap((text) => {
      const complain = (why: string) => void problems.push(`${option} ${text}: ${why}`);
      const word = wordOf(text, complain);
      return word ? (read(word, nodes, complain) ?? []) : [];
    });
  const faults = [...each('--kill', kill, killing), ...each('--cut', cut, cutting)];
  if (problems.length > 0) throw new OperatorError(problems.join('\n'));
  return faults;
};

type Complain = (why: string) => void;
type Reader = (word: Word, nodes: readonly string[], complain: Complain) => Fault | undefined;

const wordOf = (text: string, complain: Complain): Word | undefined => {
  const at = text.lastIndexOf('@');
  const [, from = '', dots, to = ''] =
    /^([\d.]*?)(?:(\.\.)([\d.]*))?$/.exec(text.slice(at + 1)) ?? [];
  const atS = from === '' ? Number.NaN : Number(from);
  const untilS = dots === undefined ? undefined : to === '' ? Number.POSITIVE_INFINITY : Number(to);
  const isInOrder = untilS === undefined || untilS > atS;
  if (at > 0 && atS >= 0 && isInOrder) return { text, what: text.slice(0, at), atS, untilS };
  complain('after @ come seconds, as in n3@600, or from when to when, as in n3@600..900');
  return undefined;
};

/** Who is killed is known when it is done: who leads by then, and who votes. */
const killing: Reader = ({ what, atS, untilS = atS + RESTART_S }, nodes, complain) => {
  if (![...nodes, 'leader', 'majority'].includes(what)) {
    complain(
      `there is no node ${what}; leader is whoever leads, majority he and as many voters as make one`,
    );
    return undefined;
  }
  return {
    atS,
    act: (city, tell) => {
      const victims = victimsOf(what, city);
      for (const victim of victims) city.kill(victim);
      tell(victims.length > 0 ? `kill ${victims.join(', ')}` : `nobody to kill as ${what}`);
      if (untilS === Number.POSITIVE_INFINITY) return;
      city.at(city.now() + (untilS - atS) * 1000, () => {
        for (const victim of victims) city.restart(victim);
        tell(`start ${victims.join(', ')}`);
      });
    },
  };
};

const victimsOf = (what: string, city: City): string[] => {
  if (what !== 'leader' && what !== 'majority') {
    return city.place(what).standing === 'down' ? [] : [what];
  }
  const leader = leaderOf(city)?.leader;
  if (leader === undefined) return [];
  if (what === 'leader') return [leader];
  const replica = city.place(leader).stateOf('replica')?.context as Replica | undefined;
  const voters = replica ? votersOf(replica).voters.map(({ node }) => node) : [];
  const others = voters.filter((node) => node !== leader).sort();
  return [leader, ...others].slice(0, Math.floor(voters.length / 2) + 1);
};

type Pair = readonly [string, string];

/** Of all links, so many. */
const PARTS: ReadonlyMap<string, number> = new Map([
  ['third', 1 / 3],
  ['all', 1],
]);

const cutting: Reader = ({ text, what, atS, untilS }, nodes, complain) => {
  const pair = pairIn(what, nodes);
  const part = PARTS.get(what);
  if (part === undefined && !pair) {
    complain(
      `no two nodes are named so; a link is n1-n2, a third of them third, each of them all; nodes are ${nodes.join(', ')}`,
    );
    return undefined;
  }
  return {
    atS,
    act: (city, tell) => {
      const all = pairsOf(city.ids);
      const drawn = city.random(`cut ${text}`).shuffle(all);
      const cut = pair ? [pair] : drawn.slice(0, Math.round(all.length * (part ?? 0)));
      const names = cut.map((ends) => ends.join('-')).join(', ');
      const which = cut.length < all.length ? `: ${names}` : '';
      const each = (act: (from: string, to: string) => void) => {
        for (const [a, b] of cut) {
          act(a, b);
          act(b, a);
        }
      };
      each((from, to) => city.cut(from, to));
      tell(`cut ${cut.length} of ${all.length} links${which}`);
      if (untilS === undefined || untilS === Number.POSITIVE_INFINITY) return;
      city.at(city.now() + (untilS - atS) * 1000, () => {
        each((from, to) => city.mend(from, to));
        tell(`mend ${cut.length} links`);
      });
    },
  };
};

/** Names may have hyphens: two that are nodes' are meant. */
const pairIn = (what: string, nodes: readonly string[]): Pair | undefined =>
  pairsOf(nodes).find(([a, b]) => what === `${a}-${b}` || what === `${b}-${a}`);

const pairsOf = (nodes: readonly string[]): Pair[] =>
  nodes.flatMap((a, k) => nodes.slice(k + 1).map((b): Pair => [a, b]));
