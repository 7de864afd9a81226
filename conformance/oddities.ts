/** What a node makes of bytes that are odd: repeated, late, unknown, from elsewhere, or no message. */
import { fence } from './asking.ts';
import type { Script } from './director.ts';
import { isOf } from './ear.ts';
import type { Guise, Part } from './part.ts';
import type { SentenceId } from './sentences.ts';
import type { Stage } from './stage.ts';

/** Numbers that a hearer remembers. */
const WINDOW = 1024;
const HARMLESS = ['{', 'null', '[]', '"replica.ack"', '{"type":"detector.probe"}', '\u0000\ufffd'];

const encoder = new TextEncoder();

/** How often the node answered probes for `token`. */
const aliveCount = ({ said }: Stage, token: string): number =>
  said.filter((one) => isOf(one, 'detector.alive') && one.message.for === token).length;

let tokens = 0;

/** A probe in a guise, said so often: so often it must be answered. */
function* probeAs(
  stage: Stage,
  id: SentenceId,
  { by, guise, times = 1, heard, what }: Odd,
): Script {
  tokens += 1;
  const token = `odd-${tokens}`;
  const bytes = by.bytesOf({ type: 'detector.probe', for: token }, guise);
  for (let k = 0; k < times; k += 1) stage.send(by, bytes);
  yield* fence(stage, by);
  const count = aliveCount(stage, token);
  stage.verdicts.check(id, count === heard, () => `${what}: heard ${count} times, not ${heard}`);
}

interface Odd {
  readonly by: Part;
  readonly guise?: Guise;
  readonly times?: number;
  readonly heard: number;
  readonly what: string;
}

export function* oddities(stage: Stage): Script {
  const [a, b] = stage.group.parts;
  yield* probeAs(stage, 'repeated', { by: a, times: 3, heard: 1, what: 'one number, three times' });
  const known = b.counter;
  // Numbers that nobody used: what was said by them may be on its way.
  b.counter += WINDOW * 2;
  yield* fence(stage, b);
  const late = (behind: number): Guise => ({ counter: b.counter - behind });
  const inTime = { guise: late(WINDOW - 9), what: 'a number 1015 behind' };
  yield* probeAs(stage, 'window', { by: b, ...inTime, heard: 1 });
  yield* probeAs(stage, 'window', { by: b, ...inTime, heard: 0, what: 'that number again' });
  const tooLate = { guise: late(WINDOW + 9), what: 'a number 1033 behind' };
  yield* probeAs(stage, 'window', { by: b, ...tooLate, heard: 0 });
  const before = { guise: { counter: known }, what: 'a number of long ago' };
  yield* probeAs(stage, 'repeated', { by: b, ...before, heard: 0 });
  const alter: Guise['alter'] = ({ payload, ...header }) => ({
    ...header,
    colour: 'green',
    payload: { ...(payload as object), colour: ['green', { and: 'more' }] },
  });
  yield* probeAs(stage, 'unknown', { by: a, guise: { alter }, heard: 1, what: 'unknown fields' });
  const type = { alter: (message: object) => ({ ...message, type: 'detector.colour' }) };
  yield* probeAs(stage, 'unknown', { by: a, guise: type, heard: 0, what: 'an unknown type' });
  for (const text of HARMLESS) stage.send(a, encoder.encode(text));
  yield* probeAs(stage, 'unknown', { by: a, heard: 1, what: 'a probe after what is no message' });
  const group = `${stage.group.name}-other`;
  yield* probeAs(stage, 'strangers', { by: a, guise: { group }, heard: 0, what: 'another group' });
  const life = { incarnation: a.incarnation - 1000, counter: 1 };
  yield* probeAs(stage, 'strangers', { by: a, guise: life, heard: 0, what: 'an earlier life' });
  stage.verdicts.check('frames', stage.losses.length === 0, () => stage.losses.join(', '));
}
