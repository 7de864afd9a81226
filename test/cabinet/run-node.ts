/**
 * A node of the simplest kind, as a process: a tenth of a second after a tenth of a second it asks
 * for more green for north, and prints what the driver says. Told nothing, it believes that it commands.
 */
import { connectLamps } from '../../cabinet/client.ts';

const [path = '', incarnation = '1'] = process.argv.slice(2);
const now = () => performance.now();
const say = (...words: readonly (string | number)[]) =>
  process.stdout.write(`${words.join(' ')}\n`);

const client = connectLamps({
  door: { path },
  node: 'n1',
  intersection: 'crossing',
  incarnation: Number(incarnation),
  now,
  heard: {
    entered: () => say('entered'),
    compared: () => {},
    answer: ({ counter, refused = 'accepted' }) => say(counter, refused),
    showing: ({ lamps: { north = 'nothing' } }) => say('north', north),
    refused: (reason) => say(reason),
    input: () => {},
    lost: (reason) => say('lost', reason),
  },
});

let counter = 0;
setInterval(() => {
  const fromMs = now();
  const rest = [{ lamp: 'red' as const, untilMs: fromMs + 40_000 }];
  const north = [
    { lamp: 'green' as const, untilMs: fromMs + 30_000 },
    { lamp: 'amber' as const, untilMs: fromMs + 31_000 },
    ...rest,
  ];
  counter += 1;
  const timelines = { north, south: rest, left: rest, east: rest };
  client.send({ counter, notAfterMs: fromMs + 30_000, timelines });
}, 100);
