/**
 * The commands that are sent to SUMO, and how their answers are read. One message may carry many:
 * SUMO does them in order and answers in one message, so that lamps, new subscriptions and the step
 * cost one round trip together.
 */
import { ByteReader, ByteWriter } from './traci-bytes.ts';
import { TraciError } from './traci-error.ts';
import { type Observations, readObservations } from './traci-observations.ts';
import { hex, readValue, writeValue } from './traci-types.ts';
import {
  type Domain,
  type Setting,
  trafficLight,
  trafficLightSettings,
  type ValuesOf,
  type Variable,
  type Variables,
} from './traci-variables.ts';

/** Something to be done by SUMO, with what comes of it. */
export interface Command<T> {
  /** In words, for errors. */
  readonly name: string;
  readonly code: number;
  /** Its block of a message. */
  readonly bytes: Uint8Array;
  /** The code of an answer that may follow even where SUMO refuses. */
  readonly answerCode?: number;
  /** Reads what follows the status of success. */
  read(reader: ByteReader): T;
}

/** What became of a command. */
export type Outcome<T> = { readonly value: T } | { readonly refused: TraciError };

/** What each of these commands gives. */
export type OutcomesOf<C extends readonly Command<unknown>[]> = {
  readonly [K in keyof C]: C[K] extends Command<infer T> ? Outcome<T> : never;
};

/** The answers to the commands of one message. Throws `TraciError` where they are malformed. */
export const readAnswers = <C extends readonly Command<unknown>[]>(
  message: Uint8Array,
  commands: C,
): OutcomesOf<C> => {
  const reader = new ByteReader(message);
  const outcomes = commands.map((command) => readOutcome(reader, command));
  reader.command = '';
  if (reader.left > 0) reader.fail(`${reader.left} bytes more than the answers`);
  return outcomes as unknown as OutcomesOf<C>;
};

const readOutcome = (reader: ByteReader, command: Command<unknown>): Outcome<unknown> => {
  reader.command = command.name;
  reader.variable = '';
  const status = reader.block((code) => {
    if (code !== command.code) reader.fail(`status of ${hex(code)}, not of ${hex(command.code)}`);
    return { result: reader.unsignedByte(), description: reader.text() };
  });
  if (status.result === 0) return { value: command.read(reader) };
  // SUMO sends the answer of a refused subscription all the same, with the reason once more.
  if (command.answerCode !== undefined && reader.nextCode() === command.answerCode) {
    command.read(reader);
  }
  const why = status.description || `result ${hex(status.result)}`;
  return { refused: new TraciError('refused', why, { command: command.name }) };
};

export interface Version {
  /** Counts up when TraCI changes. */
  readonly api: number;
  /** SUMO's own words. */
  readonly software: string;
}

export const askVersion: Command<Version> = {
  name: 'version',
  code: 0x00,
  bytes: new ByteWriter().block(0x00),
  read: (reader) =>
    reader.block((code) => {
      if (code !== 0x00) reader.fail(`${hex(code)} is no answer to a version`);
      return { api: reader.integer(), software: reader.text() };
    }),
};

const nothing = () => undefined;

/** The place of this client among several; the first command after the version. */
export const setOrder = (place: number): Command<undefined> => ({
  name: 'order',
  code: 0x03,
  bytes: new ByteWriter().integer(place).block(0x03),
  read: nothing,
});

/** One step, or all steps up to an instant. */
export const stepTo = (timeS = 0): Command<Observations> => ({
  name: timeS === 0 ? 'step' : `step to ${timeS} s`,
  code: 0x02,
  bytes: new ByteWriter().double(timeS).block(0x02),
  read: readObservations,
});

/** Ends the simulation. */
export const closeSimulation: Command<undefined> = {
  name: 'close',
  code: 0x7f,
  bytes: new ByteWriter().block(0x7f),
  read: nothing,
};

/** Asks for one value of one thing. */
export const get = <V extends Variables, K extends keyof V & string>(
  { name, number, variables }: Domain<V>,
  key: K,
  id = '',
): Command<ValuesOf<V>[K]> => {
  const { code: variable, type } = variables[key] as Variable<ValuesOf<V>[K]>;
  return {
    name: `${name} ${id}, ${key}`,
    code: 0xa0 + number,
    bytes: new ByteWriter()
      .unsignedByte(variable)
      .text(id)
      .block(0xa0 + number),
    read: (reader) =>
      reader.block((code) => {
        const isAnswer = code === 0xb0 + number && reader.unsignedByte() === variable;
        if (!isAnswer || reader.text() !== id) reader.fail('the answer is to another question');
        return readValue(reader, type);
      }),
  };
};

type Settings = typeof trafficLightSettings;
type SettingOf<K extends keyof Settings> = Settings[K] extends Setting<infer T> ? T : never;

/** Sets something of a traffic light. */
export const setTrafficLight = <K extends keyof Settings>(
  id: string,
  key: K,
  value: SettingOf<K>,
): Command<undefined> => {
  const { code: variable, type } = trafficLightSettings[key] as Setting<SettingOf<K>>;
  const code = 0xc0 + trafficLight.number;
  const writer = new ByteWriter().unsignedByte(variable).text(id);
  writeValue(writer, type, value);
  return {
    name: `set traffic light ${id}, ${key}`,
    code,
    bytes: writer.block(code),
    read: nothing,
  };
};
