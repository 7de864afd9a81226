/**
 * A journal from a file: JSON lines, as `--json` prints them or as the page saved them. A saved one
 * begins with its opening; of another, streets appear as far as the log tells of them.
 */
import type { JournalLine } from '../../protocol/journal.ts';
import type { Opening } from '../opening.ts';
import { blankPicture, type Streets } from '../picture.ts';
import { see } from '../see.ts';
import type { Sink, Source } from './source.ts';

/** A journal that a page can hold. In bytes. */
export const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** What a journal's text holds. Throws an error that says which line is no line of a journal. */
export const readJournal = (text: string, name: string): Opening => {
  const lines: JournalLine[] = [];
  let opening: Opening | undefined;
  for (const [place, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readLine(line, place + 1);
    if ('opening' in read) opening = read.opening;
    else lines.push(read);
  }
  if (lines.length === 0) throw new Error('it holds no line');
  return { name, ...(opening ?? { streets: streetsIn(lines) }), lines };
};

/** The streets that the log of a journal tells of, wherever it does. */
const streetsIn = (lines: readonly JournalLine[]): Streets => {
  const picture = blankPicture('', { intersections: [], links: [] });
  for (const line of lines) {
    if (line.kind === 'fact' && line.event.type.startsWith('replica.')) see(picture, line);
  }
  return picture.streets;
};

const readLine = (text: string, number: number): JournalLine | { opening: Opening } => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`line ${number} is not JSON`);
  }
  if (typeof value === 'object' && value !== null) {
    if ('opening' in value) return value as { opening: Opening };
    if ('kind' in value && value.kind === 'summary') return value as JournalLine;
    const isLine =
      't' in value && typeof value.t === 'number' && 'node' in value && 'kind' in value;
    if (isLine) return value as unknown as JournalLine;
  }
  throw new Error(`line ${number} is no line of a journal: it lacks t, node or kind`);
};

/** What messages say, by sender and id, where it stands in no line. */
export type SaidContents = ReadonlyMap<string, object>;

/** The text of a journal that `readJournal` reads as it was. */
export const journalText = (
  { lines = [], ...opening }: Opening,
  contents: SaidContents = new Map(),
): string => {
  const whole = (line: JournalLine): JournalLine => {
    if (line.kind !== 'said' || line.contents !== undefined) return line;
    const says = contents.get(`${line.node} ${line.id}`);
    return says === undefined ? line : { ...line, contents: says };
  };
  return [{ opening }, ...lines.map(whole)].map((line) => `${JSON.stringify(line)}\n`).join('');
};

export class FileSource implements Source {
  readonly kind = 'file';
  readonly title: string;
  readonly readOnly = 'a file only tells what was';
  readonly #opening: Opening;

  constructor(title: string, opening: Opening) {
    this.title = title;
    this.#opening = opening;
  }

  open(sink: Sink): void {
    sink.began(this.#opening);
    sink.link({ state: 'ended' });
  }

  close(): void {}

  can(): boolean {
    return false;
  }

  async act(): Promise<void> {
    throw new Error(this.readOnly);
  }
}
