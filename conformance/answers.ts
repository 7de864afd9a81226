/**
 * Compares what a node answered with what the machines would have. Where the protocol leaves a choice
 * it is left here too: an acknowledgement may say less than what matches, though never less than
 * what it answers, and who has just asked for what is missing need not ask again.
 */
import { canonicalJson } from '../protocol/digest.ts';
import type { Message, MessageType, Only, Send } from '../protocol/event.ts';
import type { Said } from './ear.ts';

/** What is said in answer to a message, and to nothing else. */
const ANSWERS: ReadonlySet<MessageType> = new Set<MessageType>([
  ...(['election.lean', 'election.vote', 'replica.ack', 'replica.nack', 'lease.grant'] as const),
  ...(['detector.alive', 'detector.vouch'] as const),
]);

/** A probe is an answer when it is made for another. */
export const isAnswer = (message: { readonly type: MessageType; readonly for?: unknown }) =>
  ANSWERS.has(message.type) || (message.type === 'detector.probe' && message.for !== undefined);

/** What was said, to whom, and what was to be said. */
export interface Exchange {
  readonly asked: Message;
  readonly expected: readonly Send[];
  readonly got: readonly Said[];
  /** The node has asked for missing entries so lately that it need not again. */
  readonly hasJustAsked: boolean;
}

/** What is wrong with an exchange, for people; undefined, when nothing is. */
export const faultOf = ({ asked, expected, got, hasJustAsked }: Exchange): string | undefined => {
  const missing = expected.filter(
    (send) =>
      !got.some((said) => fits(send, said, asked)) &&
      !(send.message.type === 'replica.nack' && hasJustAsked),
  );
  const strange = got.filter((said) => !expected.some((send) => fits(send, said, asked)));
  if (missing.length === 0 && strange.length === 0) return undefined;
  const should = expected.map(({ to, message }) => `${textOf(message)} to ${nameOf(to)}`);
  const did = got.map(({ message, by }) => `${textOf(fieldsOf(message))} to ${by.id}`);
  const said = did.length > 0 ? did.join(', ') : 'nothing';
  const right = should.length > 0 ? should.join(', ') : 'nothing';
  return `to ${textOf(asked)} it said ${said}; the machines say ${right}`;
};

/** Whether all that is expected has come. */
export const isComplete = (exchange: Exchange): boolean =>
  exchange.expected.every((send) => exchange.got.some((said) => fits(send, said, exchange.asked)));

const fits = ({ to, message }: Send, said: Said, asked: Message): boolean => {
  if (to !== said.by.id || message.type !== said.message.type) return false;
  const fields = fieldsOf(said.message);
  const isSame = canonicalJson(fields) === canonicalJson(message);
  if (message.type !== 'replica.ack' && message.type !== 'replica.nack') return isSame;
  const { index } = fields as Only<Message, 'replica.ack' | 'replica.nack'>;
  if (canonicalJson({ ...fields, index: message.index }) !== canonicalJson(message)) return false;
  if (message.type === 'replica.ack') return index >= floorOf(asked) && index <= message.index;
  // Who lost words before may know less to match than the machines do.
  return asked.type === 'detector.beat'
    ? index >= Math.min(asked.commit, message.index) && index <= message.index
    : index === message.index;
};

/** What an acknowledgement of this message says at least. */
const floorOf = (asked: Message): number =>
  asked.type === 'replica.prepare' ? asked.prevIndex + asked.entries.length : 0;

/** A message without its header. */
export const fieldsOf = (message: Said['message']): Message => {
  const { from: _, group: __, incarnation: ___, bytes: ____, at: _____, ...fields } = message;
  return fields as Message;
};

const nameOf = (to: Send['to']): string => (typeof to === 'string' ? to : `${to.host}:${to.port}`);

/** A message in short: of entries, how many. */
export const textOf = ({ type, ...fields }: Message): string => {
  const shown = Object.entries(fields).map(([name, value]) => {
    const words = Array.isArray(value) ? `${value.length}` : JSON.stringify(value);
    return `${name} ${words}`;
  });
  return `${type}(${shown.join(', ')})`;
};
