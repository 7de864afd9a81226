/** Proves what the client does with answers, silence and ends, over a pipe that the test holds. */
import { expect, onTestFinished, test } from 'vitest';
import { type PipeListener, TraciClient } from '../../traffic/traci-client.ts';
import { get, setTrafficLight } from '../../traffic/traci-commands.ts';
import { MessageReader, messageOf } from '../../traffic/traci-frames.ts';
import { trafficLight } from '../../traffic/traci-variables.ts';
import { bytesOf, clock, hexOf, recorded } from './recorded-answers.ts';

/** A client, and the far end of its pipe. */
const connected = (answerMsMax?: number) => {
  const sent: string[] = [];
  const reader = new MessageReader();
  let listener: PipeListener | undefined;
  let isEnded = false;
  const client = new TraciClient({
    open: (hears) => {
      listener = hears;
      return {
        write: (bytes) => reader.read(bytes, (message) => sent.push(hexOf(message))),
        end: () => {
          isEnded = true;
        },
      };
    },
    ...(answerMsMax !== undefined && { answerMsMax }),
  });
  const answer = (hex: string) => listener?.heard(messageOf([bytesOf(hex)]));
  onTestFinished(() => void client.close().catch(() => undefined));
  return {
    client,
    sent,
    answer,
    hear: (bytes: Uint8Array) => listener?.heard(bytes),
    end: (why: string) => listener?.ended(why),
    isEnded: () => isEnded,
  };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('greets with the version and then its order', async () => {
  const { client, sent, answer } = connected();
  const greeting = client.greet(3);
  expect(sent).toEqual(['0200']);
  answer(recorded.version.answer);
  await turn();
  expect(sent).toEqual(['0200', '060300000003']);
  answer(recorded.order.answer);
  expect(await greeting).toEqual({ api: 20, software: 'SUMO 1.15.0' });
});

test('refuses a SUMO that is too old, and ends the connection', async () => {
  const { client, answer, isEnded } = connected();
  const greeting = client.greet();
  answer('07000000000000 0a00 00000013 00000000');
  await expect(greeting).rejects.toMatchObject({ fault: 'version' });
  expect(isEnded()).toBe(true);
});

test('gives each question its own answer, in order, in pieces of any size', async () => {
  const { client, hear } = connected();
  const state = client.askAll(recorded.refused.commands);
  const links = client.ask(get(trafficLight, 'controlledLinks', 'C'));
  const stream = [recorded.refused, recorded.links].flatMap(({ answer }) => [
    ...messageOf([bytesOf(answer)]),
  ]);
  for (const byte of stream) hear(Uint8Array.of(byte));
  expect(await links).toHaveLength(12);
  expect((await state)[1]).toEqual({ value: 'oooOOooooOOo' });
});

test('a refusal rejects its question alone', async () => {
  const { client, answer } = connected();
  const asked = client.askAll(recorded.refused.commands);
  answer(recorded.refused.answer);
  expect(await asked).toMatchObject([{ refused: { fault: 'refused' } }, { value: 'oooOOooooOOo' }]);
  const alone = client.ask(get(trafficLight, 'state', 'nobody'));
  answer(recorded.refused.answer.split('\n')[0] ?? '');
  await expect(alone).rejects.toMatchObject({ fault: 'refused' });
});

test('a step rides behind what goes before it, in one message', async () => {
  const { client, sent, answer } = connected();
  const step = client.step([setTrafficLight('nobody', 'state', 'r')], 26);
  expect(sent).toEqual([
    '13c220' + '000000066e6f626f6479' + '0c0000000172' + '0a02403a000000000000',
  ]);
  answer(`0ac2ff000000036e6f6e ${recorded.step.answer}`);
  const seen = await step;
  expect(seen.refused.map(({ message }) => message)).toEqual([
    'set traffic light nobody, state: non',
  ]);
  expect(clock.in(seen).get('')?.timeS).toBe(26);
});

test.each([
  ['cut off', '0703000000'],
  ['to another command', '07030000000000'],
])('an answer that is %s ends the connection, for all questions', async (_, hex) => {
  const { client, answer, isEnded } = connected();
  const outcomes = Promise.allSettled([client.step(), client.step()]);
  answer(hex);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { fault: 'malformed' } });
  }
  expect(isEnded()).toBe(true);
  await expect(client.step()).rejects.toMatchObject({ fault: 'malformed' });
});

test('a message that cannot be one ends the connection', async () => {
  const { client, hear, isEnded } = connected();
  const step = client.step();
  hear(bytesOf('00000001'));
  await expect(step).rejects.toMatchObject({ fault: 'malformed' });
  expect(isEnded()).toBe(true);
});

test('an answer that nobody asked for ends the connection', async () => {
  const { client, answer, isEnded } = connected();
  answer(recorded.order.answer);
  expect(isEnded()).toBe(true);
  await expect(client.step()).rejects.toMatchObject({ fault: 'malformed' });
});

test('silence ends the connection, and says what was asked', async () => {
  const { client, isEnded } = connected(20);
  await expect(client.step()).rejects.toMatchObject({
    fault: 'late',
    message: 'step: no answer in 20 ms',
  });
  expect(isEnded()).toBe(true);
});

test('an end from outside rejects what waits, with its reason', async () => {
  const { client, end } = connected();
  const step = client.step();
  end('SUMO ended with code 1');
  await expect(step).rejects.toMatchObject({ fault: 'closed', message: 'SUMO ended with code 1' });
});

test('closing says whether SUMO has taken it', async () => {
  const taken = connected();
  const closing = taken.client.close();
  expect(taken.sent).toEqual(['027f']);
  taken.answer('077f0000000000');
  expect(await closing).toBe(true);
  expect(taken.isEnded()).toBe(true);

  const gone = connected();
  gone.end('gone');
  expect(await gone.client.close()).toBe(false);
});
