/**
 * The terminal's view of a running district: a table that is drawn anew where the terminal can do
 * that, and plain lines of what happens where it cannot.
 */
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { JournalLine } from '../protocol/journal.ts';
import type { Lamp } from '../protocol/lamp.ts';
import type { NodePicture, Picture, Summary, TrafficSummary } from './picture.ts';
import { textOf, timeOfDay } from './tell.ts';

const REDRAW_MS = 200;
const RECENT_LINES = 8;
/** The same said again within so long is not told again. */
const REPEATED_MS = 3000;
/** So often plain lines tell of traffic. */
const TRAFFIC_MS = 30_000;

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

type Told = Summary & { readonly traffic?: TrafficSummary };

export interface Screen {
  tell(line: JournalLine): void;
  /** Says what the program itself is doing. */
  note(text: string): void;
  summary(summary: Told): string;
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
  const lineText = teller();
  let wasWhole = false;
  let trafficMs = 0;
  return {
    tell: (line) => {
      const text = lineText(line);
      if (text !== undefined) print(text);
      if (line.kind === 'traffic' && line.t - trafficMs >= TRAFFIC_MS) {
        trafficMs = line.t;
        print(`${pc.dim(timeOfDay(line.t))} ${trafficText(picture)}`);
      }
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
  const lineText = teller();
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

/** Facts that say nothing a district's operator needs line by line. */
const UNTOLD = new Set(['phases.changed', 'membership.joined', 'wire.opened', 'genesis.formed']);

/** The lines worth telling: what several nodes say within a moment is told of the first alone. */
const teller = () => {
  const toldAt = new Map<string, number>();
  return (line: JournalLine): string | undefined => {
    if (line.kind === 'fact' && UNTOLD.has(line.event.type)) return undefined;
    const text = textOf(line);
    if (text === undefined) return undefined;
    for (const [old, t] of toldAt) if (line.t - t > REPEATED_MS) toldAt.delete(old);
    if (toldAt.has(text)) return undefined;
    toldAt.set(text, line.t);
    return `${pc.dim(timeOfDay(line.t))} ${pc.bold(line.node)} ${text}`;
  };
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
    style: { head: [], border: [], compact: true },
  });
  for (const node of picture.nodes.values()) drawn.push(row(picture, node));
  return `${pc.bold(picture.district.name)}  ${trafficText(picture)}\n${drawn}`;
};

const trafficText = ({ traffic }: Picture): string => {
  if (!traffic) return '';
  const { perHour, inside, queue, outside, delayS } = traffic;
  const lost = delayS === undefined ? '' : `, ${Math.round(delayS)} s mean delay`;
  const out = outside > 0 ? `, ${outside} find no room` : '';
  return pc.dim(`${inside} vehicles, ${queue} stand${out}${lost} (${perHour} an hour)`);
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

const summaryText = (summary: Told): string => {
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
    ...(summary.traffic ? [leftText(summary.traffic)] : []),
    verdict,
  ].join('\n');
};

const leftText = ({ by, came, left, perHour, meanDelayS }: TrafficSummary): string => {
  const lost = meanDelayS === null ? '' : `, with ${meanDelayS} s of delay on average`;
  return `Traffic of ${perHour} vehicles an hour (${by}): ${came} came, ${left} left${lost}.`;
};
