/** The diagram of a counterexample: what a person reads when a search has found something. */
import { expect, test } from 'vitest';
import { diagramOf } from '../../simulation/search/diagram.ts';
import { explore } from '../../simulation/search/explore.ts';
import type { Deal, Model } from '../../simulation/search/model.ts';
import { electionModel } from '../../simulation/search/models/election.ts';
import { World } from '../../simulation/search/world.ts';

const bounds = {
  ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 2, beats: 0, requests: 0, letters: 3 },
};
const election = electionModel({
  name: 'election',
  title: 'three nodes, one new term',
  nodes: ['a', 'b', 'c'],
  termMax: 2,
  bounds,
});

/** The shortest way to a move of which `is` is true, drawn. */
const wayTo = (is: (deal: Deal) => boolean): string => {
  const model: Model = {
    ...election,
    laws: [(deal) => (is(deal) ? 'it has come to this' : undefined)],
  };
  const world = new World(model);
  const { moves, wrong } = explore(world);
  return diagramOf(world, moves, wrong);
};

test('shows timeouts, letters by the row that sent them, writes, and who changed to what', async () => {
  const leads = ({ after }: Deal) => after.stateOf('election') === 'leader';
  await expect(wayTo(leads)).toMatchFileSnapshot('../golden/diagram-election.txt');
});

test('shows crashes, what they lose, and starts', async () => {
  const returns = ({ stimulus, after }: Deal) =>
    stimulus.kind === 'start' &&
    after.local.node === 'b' &&
    after.local.disk['vote'] !== undefined &&
    (after.local.disk['vote'] as { term: number }).term === 2;
  await expect(wayTo(returns)).toMatchFileSnapshot('../golden/diagram-crash.txt');
});

test('shows letters that are lost, and letters that arrive and stay on their way', async () => {
  const world = new World(election);
  const first = pick(world, world.initial, ({ told }) => told.stimulus.kind === 'fire');
  const kept = pick(world, first.next, ({ told }) => told.how === 'keep');
  const dropped = pick(world, kept.next, ({ told }) => told.how === 'drop');
  const drawn = diagramOf(world, [first.move, kept.move, dropped.move]);
  await expect(drawn).toMatchFileSnapshot('../golden/diagram-letters.txt');
});

type Tale = ReturnType<World['tell']> & { readonly move: number };

/** The first move of a state of which `is` is true. */
const pick = (world: World, state: Int32Array, is: (tale: Tale) => boolean): Tale => {
  const moves: number[] = [];
  world.expand(state, (_, move) => moves.push(move));
  const tales = moves.map((move) => ({ ...world.tell(state, move), move }));
  const found = tales.find(is);
  if (!found) throw new Error('no such move');
  return found;
};
