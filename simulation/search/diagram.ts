/**
 * Draws moves of a world as a message diagram: a column for each node, a row for each move, time
 * going down. Plain text without colours, so that a counterexample can be kept, compared and mailed.
 *
 *     ○──poll t2──▶   a letter arrives       ○══poll t2══▶   and stays on its way too
 *     ○──poll t2──✗   it is lost             T X S W ?       a timeout, a crash, a start, a write
 *                                                            that is done, a request
 */
import { textOfFields } from './diagram-words.ts';
import type { Deal } from './model.ts';
import type { NodeView, Stimulus } from './node.ts';
import type { Told, World } from './world.ts';

const COLUMN_MIN = 14;
/** Where notes begin, beyond the last node. */
const NOTE_AFTER = 4;
const [SENDER, TO_RIGHT, TO_LEFT, LOST] = ['○', '▶', '◀', '✗'];
const [LIFE, NO_LIFE] = ['│', '┊'];

/** One row: an arrow between two nodes, or a mark on one. */
interface Row {
  /** Places of the nodes; the same for what a node does by itself. */
  readonly from: number;
  readonly to: number;
  /** On the arrow. */
  readonly label: string;
  /** Where the arrow ends, or what stands on the node. */
  readonly mark: string;
  readonly shaft: string;
  /** Beside the columns. */
  readonly note: string;
  readonly isUp: readonly boolean[];
  /** Of a tick: what the clock of each node gains. */
  readonly clocks?: readonly string[];
}

/** The moves from the beginning of the world on, and what is wrong in the end. */
export const diagramOf = (world: World, moves: readonly number[], wrong = ''): string => {
  const { nodes } = world.model.setup;
  const rows = rowsOf(world, moves);
  const width = widthOf(rows);
  const lines = rows.map((row, k) => `${String(k + 1).padStart(4)}  ${drawn(row, width)}`);
  const head = `      ${nodes.map((node) => node.padEnd(width)).join('')}`;
  const last = wrong === '' ? [] : ['', `wrong: ${wrong}`];
  return [head, ...lines, ...last, ''].map((line) => line.trimEnd()).join('\n');
};

const rowsOf = (world: World, moves: readonly number[]): Row[] => {
  const sent = new Map<string, number>();
  let state = world.initial;
  return moves.map((move, k) => {
    const { told, next } = world.tell(state, move);
    const isUp = world.views(next).map(({ local }) => local.isUp);
    state = next;
    if (told.how === 'tick') return timeRow(told.advances, isUp);
    if (told.how === 'agree') return plainRow('what was asked for arrives', isUp);
    const deal = world.steps.dealOf(told.result);
    // Of letters that are equal the last one is meant.
    const row = rowOf(world, { deal, how: told.how, sent });
    for (const { text } of deal.letters) if (told.how !== 'drop') sent.set(text, k + 1);
    return { ...row, isUp };
  });
};

const plainRow = (note: string, isUp: readonly boolean[]): Row => ({
  ...{ from: 0, to: 0, label: '', mark: '│', shaft: '' },
  ...{ note, isUp },
});

const timeRow = (advances: readonly number[], isUp: readonly boolean[]): Row => {
  const clocks = advances.map((by) => (by > 0 ? `+${by}` : ''));
  return { ...plainRow('time passes', isUp), mark: '', clocks };
};

interface Move {
  readonly deal: Deal;
  readonly how: Exclude<Told['how'], 'tick' | 'agree'>;
  /** By letter: the row in which it was sent. */
  readonly sent: ReadonlyMap<string, number>;
}

/** What becomes of a letter, or of what a node asks to be agreed on. */
const fates: Readonly<Partial<Record<Told['how'], string>>> = {
  keep: ', and once more on its way',
  drop: ', lost',
  second: ', otherwise',
  third: ', otherwise again',
  keepSecond: ', and once more on its way, otherwise',
  keepThird: ', and once more on its way, otherwise again',
};

const rowOf = (world: World, { deal, how, sent }: Move): Omit<Row, 'isUp'> => {
  const { nodes } = world.model.setup;
  const { stimulus, before } = deal;
  const to = nodes.indexOf(before.local.node);
  const changes = how === 'drop' ? '' : changesOf(world, deal);
  if (stimulus.kind !== 'hear') {
    const { mark, text } = deedOf(stimulus, before);
    const note = `${before.local.node} ${text}${fates[how] ?? ''}${changes}`;
    return { from: to, to, label: '', mark, shaft: '', note };
  }
  const { from, heard, text } = stimulus.letter;
  const isRight = nodes.indexOf(from) < to;
  const row = sent.get(text);
  const origin = row === undefined ? 'sent before' : `sent in ${row}`;
  const what = fates[how] ?? '';
  return {
    from: nodes.indexOf(from),
    to,
    label: textOfFields(heard),
    mark: how === 'drop' ? (LOST as string) : ((isRight ? TO_RIGHT : TO_LEFT) as string),
    shaft: how.startsWith('keep') ? '═' : '─',
    note: `${origin}${what}${changes === '' ? '' : `; ${before.local.node}${changes}`}`,
  };
};

const deedOf = (stimulus: Stimulus, { local }: NodeView): { mark: string; text: string } => {
  switch (stimulus.kind) {
    case 'fire':
      return { mark: 'T', text: `timeout ${nameOf(stimulus.timer.id)}` };
    case 'ring':
      return { mark: 'T', text: `alarm ${stimulus.alarm}` };
    case 'write': {
      const { owner, puts } = local.writes[0] ?? { owner: 'nothing', puts: [] };
      const keys = puts.map(({ key }) => key.replace(/\/0*/, ' ')).join(', ');
      return { mark: 'W', text: `has written ${keys === '' ? `for ${owner}` : keys}` };
    }
    case 'crash': {
      const { durable } = stimulus;
      const lost = local.writes.length - durable;
      const fates = [
        ...(durable > 0 ? [`${durable} more written`] : []),
        ...(lost > 0 ? [`${lost} not written`] : []),
      ];
      return { mark: 'X', text: ['crashes', ...fates].join(', ') };
    }
    case 'start':
      return { mark: 'S', text: 'starts again' };
    case 'feed': {
      const { event } = stimulus;
      const what = event.type === 'replica.request' ? event.command.kind : event.type;
      return { mark: '?', text: `is asked for ${what}` };
    }
    case 'tick':
    case 'hear':
      throw new Error('what is heard is an arrow, and time passes for all');
  }
};

/** `xstate.after.place.election.follower.leaderless` is the delay `place`. */
const nameOf = (timer: string): string => /^xstate\.after\.(\w+)\./.exec(timer)?.[1] ?? timer;

/** The states that changed, the election's with its term: ` → candidate.writing t2`. */
const changesOf = (world: World, { before, after }: Deal): string => {
  if (!after.local.isUp) return '';
  const changed = Object.keys(world.model.setup.concerns).flatMap((concern) => {
    const [was, is] = [before, after].map((view) => standing(view, concern));
    return was === is || is === undefined ? [] : [is];
  });
  return changed.length === 0 ? '' : ` → ${changed.join(', ')}`;
};

const standing = (view: NodeView, concern: string): string => {
  const { term, commit } = (view.contextOf(concern) ?? {}) as { term?: number; commit?: number };
  const state = view.stateOf(concern);
  if (concern === 'election') return `${state} t${term}`;
  return concern === 'replica' ? `${state} commit ${commit}` : state;
};

/** As narrow as the labels allow; an arrow over several columns has room for more. */
const widthOf = (rows: readonly Row[]): number =>
  rows.reduce((width, { from, to, label }) => {
    const span = Math.abs(to - from);
    return span === 0 ? width : Math.max(width, Math.ceil((label.length + 6) / span));
  }, COLUMN_MIN);

const drawn = (row: Row, width: number): string => {
  const { from, to, label, mark, shaft, note, isUp, clocks } = row;
  const cells = isUp.flatMap((up) => [up ? LIFE : NO_LIFE, ...Array(width - 1).fill(' ')]);
  // Beyond the last node no arrow needs room.
  cells.length -= width - NOTE_AFTER;
  if (clocks) {
    clocks.forEach((gain, node) => {
      [...gain].forEach((sign, k) => {
        cells[node * width + k] = sign;
      });
    });
  } else if (from === to) cells[to * width] = mark;
  else {
    const step = to > from ? 1 : -1;
    const [first, last] = [from * width, to * width];
    cells[first] = SENDER;
    for (let at = first + step; at !== last; at += step) cells[at] = shaft;
    cells[last - step] = mark;
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    const start = low + Math.floor((high - low - label.length) / 2) + 1;
    [...label].forEach((letter, k) => {
      cells[start + k] = letter;
    });
  }
  return `${cells.join('')}${note}`;
};
