/** A journal that was saved is read as it was; what is no journal is refused with its line. */
import { expect, test } from 'vitest';
import { town } from '../../simulation/town.ts';
import { History } from '../../visualizer/history.ts';
import { roleOf } from '../../visualizer/picture.ts';
import { CityRun } from '../../visualizer/sources/city-run.ts';
import { journalText, readJournal } from '../../visualizer/sources/file-source.ts';
import { storyOf } from './story.ts';

const story = await storyOf(3, 5_000);

test('a saved journal shows the same', () => {
  const history = new History(story.opening, { linesMax: 300, segmentLines: 50 });
  history.append(story.lines);
  const read = new History(readJournal(journalText(history.opening()), 'saved'));
  expect(read.count).toBe(history.count);
  for (const atMs of [history.firstMs, 4_000, 4_500, 5_000]) {
    expect(read.at(atMs)).toEqual(history.at(atMs));
  }
});

test('a journal of a city in the page is saved with what its messages say', async () => {
  const run = new CityRun({ seed: 3, district: town(3) });
  await run.run(5_000);
  const lines = run.take();
  expect(lines.some((line) => line.kind === 'said' && line.contents !== undefined)).toBe(false);
  const text = journalText({ ...run.opening, lines }, new Map(run.allContents()));
  const read = readJournal(text, 'saved').lines ?? [];
  const said = read.filter((line) => line.kind === 'said');
  expect(said.length).toBeGreaterThan(100);
  for (const { node, id, contents } of said) {
    expect(contents).toEqual(run.contentsOf(`${node} ${id}`));
    expect(contents).toBeDefined();
  }
});

test('a journal as programs print it shows the streets that its log tells of', () => {
  const text = story.lines.map((line) => JSON.stringify(line)).join('\n');
  const picture = new History(readJournal(text, 'printed')).at(5_000);
  expect(picture.streets.intersections.map(({ id }) => id).sort()).toEqual(['x1', 'x2', 'x3']);
  expect([...picture.nodes.values()].map(roleOf).sort()).toEqual(['backup', 'backup', 'leader']);
});

test.each([
  ['{"t":1,"node":"a","kind":"error","message":"m"}\nrubbish', 'line 2 is not JSON'],
  ['{"t":1}', 'line 1 is no line of a journal'],
  ['null', 'line 1 is no line of a journal'],
  ['\n\n', 'it holds no line'],
])('%j is refused: %s', (text, why) => {
  expect(() => readJournal(text, 'file')).toThrow(why);
});
