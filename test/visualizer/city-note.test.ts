/** Whatever a city notes of what is done to it, the page understands. */
import { expect, test } from 'vitest';
import { type CityNote, readCityNote } from '../../visualizer/city-note.ts';
import { quietNetwork } from '../../visualizer/network-picture.ts';
import { storyOf } from './story.ts';

/** What is noted and changes nothing that is drawn. */
const UNDRAWN = /^disk of /;

const story = await storyOf(4, 20_000, (city) => {
  const sides = [['n1', 'n2'], ['n3']];
  city.at(1_000, () => city.cut('n1', 'n2'));
  city.at(1_100, () => city.mend('n1', 'n2'));
  city.at(1_150, () => city.delay('n1', 'n2', 300));
  city.at(1_200, () => city.partition(sides));
  city.at(1_300, () => city.reunite(sides));
  city.at(1_400, () => city.weather({ lossRatio: 0.2, latencyMsMax: 40 }));
  city.at(1_500, () => city.drift('n1', 100));
  city.at(1_600, () => city.slow('n1', 3));
  city.at(6_000, () => city.stall('n1', 500));
  city.at(7_000, () => city.suspend('n2', 500));
  city.at(8_000, () => city.kill('n3'));
  city.at(9_000, () => city.restart('n3', { wipe: true }));
  city.at(10_000, () => city.kill('n4', { silent: true }));
  city.at(11_000, () => city.restart('n4'));
  city.at(15_000, () => city.stop('n4'));
  city.at(16_000, () => city.heal());
});
const notes = story.lines.flatMap((line) =>
  line.kind === 'error' && line.node === 'city' ? [line.message] : [],
);

test('every note of a city is understood, but for those of which nothing is drawn', () => {
  expect(notes.length).toBeGreaterThan(15);
  const strange = notes.filter((note) => !readCityNote(note) && !UNDRAWN.test(note));
  expect(strange).toEqual([]);
  expect(new Set(notes.map((note) => readCityNote(note)?.kind))).toContain('stalled');
});

const changed = (...messages: string[]) =>
  messages.reduce((network, message) => {
    const note = readCityNote(message) as Extract<CityNote, { kind: 'network' }>;
    return note.change(network);
  }, quietNetwork);

test.each([
  ['a cut', ['cut n1 → n2'], { cuts: [['n1', 'n2']] }],
  ['a cut that is mended', ['cut n1 → n2', 'mend n1 → n2'], {}],
  ['a cut twice', ['cut a → b', 'cut a → b'], { cuts: [['a', 'b']] }],
  ['a slow link', ['slow n1 → n2 by 300 ms'], { slow: [['n1', 'n2', 300]] }],
  ['a slow link that is mended', ['slow a → b by 9 ms', 'slow a → b by 0 ms'], {}],
  ['a partition', ['partition n1+n2 | n3'], { sides: [['n1', 'n2'], ['n3']] }],
  ['a partition that ends', ['partition n1', 'reunite'], {}],
  ['all that heals', ['partition n1', 'cut a → b', 'slow a → b by 9 ms', 'heal'], {}],
  ['loss', ['network {"lossRatio":0.2}'], { lossRatio: 0.2 }],
  ['delay', ['network {"latencyMsMax":40}'], { latencyMsMax: 40 }],
] as const)('%s is read', (_, messages, expected) => {
  expect(changed(...messages)).toEqual({ ...quietNetwork, ...expected });
});
