/**
 * The terminal's view of a running district: a table that is drawn anew where the terminal can do
 * that, and plain lines of what happens where it cannot.
 */
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { JournalLine } from '../protocol/journal.ts';
import type { Lamp } from '../protocol/lamp.ts';
import type { NodePicture, Picture, Summary } from './picture.ts';
import { textOf, timeOfDay } from './tell.ts';

const REDRAW_MS = 200;
const RECENT_LINES = 8;

/** A shape as well as a colour, so that nobody needs to tell colours apart. */
const HEADS: Record<Lamp, string> = {
  red: pc.red('■'),
  redAmber: pc.yellow('◪'),
  green: pc.green('●'),
  greenPermissive: pc.green('○'),
  amber: pc.yellow('▲'),
  flashingAmber: pc.yellow('△'),
  flashingRed: pc.red('□'),
  dark: pc.dim('·'),
};

const LEGEND = Object.entries(HEADS)
  .map(([lamp, head]) => `${head} ${lamp}`)
  .join('  ');

export interface Screen {
  tell(line: JournalLine): void;
  /** Says what the program itself is doing. */
  note(text: string): void;
  summary(summary: Summary): string;
  close(): void;
}

export const screen = (
  picture: Picture,
  { isQuiet, print }: { isQuiet: boolean; print: (line: string) => void },
): Screen => {
  if (isQuiet) return { tell: () => {}, note: () => {}, summary: summaryText, close: () => {} };
  return process.stdout.isTTY ? liveScreen(picture) : plainScreen(picture, print);
};

/** What happened is told line by line, without what each lamp does. */
const plainScreen = (picture: Picture, print: (line: string) => void): Screen => {
  let wasWhole = false;
  return {
    tell: (line) => {
      const text = lineText(line);
      if (text !== undefined) print(text);
      const isWhole = picture.isWhole();
      if (isWhole && !wasWhole) print(pc.green(`${pc.bold('all')} ${wholeText(picture)}`));
      wasWhole = isWhole;
    },
    note: print,
    summary: summaryText,
    close: () => {},
  };
};

const liveScreen = (picture: Picture): Screen => {
  const draw = createLogUpdate(process.stdout);
  const recent: string[] = [];
  const add = (text: string) => {
    recent.push(text);
    if (recent.length > RECENT_LINES) recent.shift();
  };
  const redraw = () => draw([table(picture), ...recent, pc.dim(LEGEND)].join('\n'));
  const timer = setInterval(redraw, REDRAW_MS);
  return {
    tell: (line) => {
      const text = lineText(line);
      if (text !== undefined) add(text);
    },
    note: add,
    summary: summaryText,
    close: () => {
      clearInterval(timer);
      redraw();
      draw.done();
    },
  };
};

/** Facts of one node that all nodes repeat are told of the one that leads alone. */
const lineText = (line: JournalLine): string | undefined => {
  const isRepeated =
    line.kind === 'fact' &&
    ['phases.changed', 'membership.joined', 'wire.opened', 'genesis.formed'].includes(
      line.event.type,
    );
  const text = isRepeated ? undefined : textOf(line);
  return text === undefined
    ? undefined
    : `${pc.dim(timeOfDay(line.t))} ${pc.bold(line.node)} ${text}`;
};

const wholeText = ({ nodes }: Picture): string => {
  const up = [...nodes.values()].filter(({ isUp }) => isUp);
  return `${up.length} nodes in one view under ${up[0]?.leader}, term ${up[0]?.term}`;
};

const table = (picture: Picture): string => {
  const drawn = new Table({
    head: [
      'node',
      'process',
      'intersection',
      'role',
      'term',
      'commit',
      'view',
      'plan',
      'stage',
      'lamps',
    ],
    style: { head: [], border: [] },
  });
  for (const node of picture.nodes.values()) drawn.push(row(picture, node));
  return `${pc.bold(picture.district.name)}\n${drawn}`;
};

const row = (picture: Picture, node: NodePicture): string[] => {
  const lamps = Object.values(picture.lamps.get(node.intersection) ?? {});
  const role =
    node.leader === node.node ? pc.cyan('leader') : node.leader ? 'backup' : 'leaderless';
  return [
    node.node,
    node.isUp ? `${node.pid}` : pc.red('gone'),
    node.intersection.slice(0, 24),
    node.isUp ? role : '',
    `${node.term}`,
    `${node.commit}`,
    `${node.view.size + 1}`,
    node.plan ?? '',
    node.stage ? `${node.stage} (${node.mode})` : '',
    lamps.map((lamp) => HEADS[lamp]).join(' '),
  ];
};

const summaryText = (summary: Summary): string => {
  const { seconds, nodes, leader, term, commit, leaderChanges, largestView, lampLines } = summary;
  const verdict =
    summary.unsafe.length === 0
      ? pc.green('Nothing unsafe was shown.')
      : pc.red(
          [
            `${summary.unsafe.length} unsafe things were shown:`,
            ...summary.unsafe.map(
              ({ t, intersection, message }) => `  ${timeOfDay(t)} ${intersection}: ${message}`,
            ),
          ].join('\n'),
        );
  return [
    `${nodes} nodes for ${seconds} s: largest view ${largestView}, last leader ${leader ?? 'none'} in term ${term}, ${leaderChanges} changes of leader, ${commit} commands committed, ${lampLines} changes of lamps, ${summary.refused} messages refused, ${summary.errors} errors.`,
    verdict,
  ].join('\n');
};
