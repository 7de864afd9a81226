/** Journals of real cities, for tests of what is drawn of them. */
import type { JournalLine } from '../../protocol/journal.ts';
import { type City, createCity } from '../../simulation/city.ts';
import type { Opening } from '../../visualizer/opening.ts';
import { blankPicture, type Picture } from '../../visualizer/picture.ts';
import { see } from '../../visualizer/see.ts';

export interface Story {
  readonly city: City;
  readonly lines: readonly JournalLine[];
  readonly opening: Opening;
}

/** Runs a city of so many nodes; `plot` says what is done to it before it runs. */
export const storyOf = async (
  nodes: number,
  untilMs: number,
  plot: (city: City) => void = () => {},
): Promise<Story> => {
  const lines: JournalLine[] = [];
  const city = createCity({ seed: 3, district: nodes, journal: (line) => lines.push(line) });
  city.start();
  plot(city);
  await city.run(untilMs);
  const { name, intersections, links } = city.district;
  return { city, lines, opening: { name, streets: { intersections, links } } };
};

/** The picture as it is without keyframes: from the first line on. */
export const pictureBy = ({ opening, lines }: Story, untilMs: number): Picture => {
  const picture = blankPicture(opening.name, opening.streets);
  for (const line of lines) if (line.t <= untilMs) see(picture, line);
  return picture;
};
