/**
 * The types of TraCI's values, each with the tag that stands before it and with what it is here.
 * A compound value has its own shape for each variable that has one; only those that are asked for
 * are described.
 */
import type { ByteReader, ByteWriter } from './traci-bytes.ts';

export interface ValueType<T> {
  readonly name: string;
  readonly tag: number;
  /** Reads a value whose tag has been read. */
  read(reader: ByteReader): T;
}

/** A type that can also be set. */
export interface WritableType<T> extends ValueType<T> {
  write(writer: ByteWriter, value: T): void;
}

/** Reads a tag, which must be that of `type`, and the value. */
export const readValue = <T>(reader: ByteReader, type: ValueType<T>): T => {
  const start = reader.offset;
  const tag = reader.unsignedByte();
  if (tag !== type.tag) reader.fail(`type ${hex(tag)} is not ${type.name}`, start);
  return type.read(reader);
};

export const writeValue = <T>(writer: ByteWriter, type: WritableType<T>, value: T): void => {
  writer.unsignedByte(type.tag);
  type.write(writer, value);
};

export const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

export const integer: WritableType<number> = {
  name: 'an integer',
  tag: 0x09,
  read: (reader) => reader.integer(),
  write: (writer, value) => writer.integer(value),
};

export const double: WritableType<number> = {
  name: 'a double',
  tag: 0x0b,
  read: (reader) => reader.double(),
  write: (writer, value) => writer.double(value),
};

export const text: WritableType<string> = {
  name: 'a text',
  tag: 0x0c,
  read: (reader) => reader.text(),
  write: (writer, value) => writer.text(value),
};

export const texts: ValueType<string[]> = {
  name: 'a list of texts',
  tag: 0x0e,
  read: (reader) => reader.texts(),
};

const signedByte: ValueType<number> = {
  name: 'a byte',
  tag: 0x08,
  read: (reader) => reader.signedByte(),
};

export const position: ValueType<readonly [x: number, y: number]> = {
  name: 'a position',
  tag: 0x01,
  read: (reader) => [reader.double(), reader.double()],
};

/** A compound value: how many parts it has, and then each with its tag. */
const compound = <T>(
  name: string,
  read: (reader: ByteReader, parts: number) => T,
): ValueType<T> => ({
  name,
  tag: 0x0f,
  // A part is a tag and a byte at least.
  read: (reader) => read(reader, reader.count(2)),
});

/** A part that says how many follow, each of at least `bytesMin` bytes. */
const countPart = (reader: ByteReader, bytesMin: number): number => {
  const start = reader.offset;
  const count = readValue(reader, integer);
  if (count < 0 || count * bytesMin > reader.left) {
    reader.fail(`${count} parts of ${bytesMin} bytes or more do not fit`, start);
  }
  return count;
};

const repeat = <T>(count: number, read: () => T): T[] => {
  const items: T[] = [];
  for (let left = count; left > 0; left--) items.push(read());
  return items;
};

const wholeOf = (reader: ByteReader, parts: number, expected: number): void => {
  if (parts !== expected) reader.fail(`has ${parts} parts instead of ${expected}`);
};

/** A traffic light that a vehicle comes to. */
export interface SignalAhead {
  readonly light: string;
  readonly link: number;
  readonly distanceM: number;
  /** A letter of SUMO's states. */
  readonly state: string;
}

export const signalsAhead: ValueType<SignalAhead[]> = compound('the signals ahead', (reader) =>
  repeat(countPart(reader, 22), () => ({
    light: readValue(reader, text),
    link: readValue(reader, integer),
    distanceM: readValue(reader, double),
    state: String.fromCharCode(readValue(reader, signedByte)),
  })),
);

/** A movement that an index of a light's state controls. Lanes that are missing are empty. */
export interface ControlledLink {
  readonly from: string;
  readonly to: string;
  readonly via: string;
}

/** The movements of each index. */
export const controlledLinks: ValueType<ControlledLink[][]> = compound('links', (reader) =>
  repeat(countPart(reader, 5), () =>
    repeat(countPart(reader, 5), () => {
      const lanes = readValue(reader, texts);
      wholeOf(reader, lanes.length, 3);
      const [from = '', to = '', via = ''] = lanes;
      return { from, to, via };
    }),
  ),
);

export interface LightPhase {
  readonly durationS: number;
  readonly state: string;
  readonly minS: number;
  readonly maxS: number;
  /** Indices of the phases that may follow; empty for the next one. */
  readonly next: readonly number[];
  readonly name: string;
}

export interface LightProgram {
  readonly id: string;
  /** 0 static, 3 actuated, 4 delay-based. */
  readonly type: number;
  /** The phase that is shown. */
  readonly phase: number;
  readonly phases: readonly LightPhase[];
  readonly parameters: Readonly<Record<string, string>>;
}

const nextPhases = compound('the phases that may follow', (reader, parts) =>
  repeat(parts, () => readValue(reader, integer)),
);

const lightPhase: ValueType<LightPhase> = compound('a phase', (reader, parts) => {
  wholeOf(reader, parts, 6);
  return {
    durationS: readValue(reader, double),
    state: readValue(reader, text),
    minS: readValue(reader, double),
    maxS: readValue(reader, double),
    next: readValue(reader, nextPhases),
    name: readValue(reader, text),
  };
});

const lightPhases = compound('phases', (reader, parts) =>
  repeat(parts, () => readValue(reader, lightPhase)),
);

const parameters = compound('parameters', (reader, parts) =>
  Object.fromEntries(
    repeat(parts, () => {
      const pair = readValue(reader, texts);
      wholeOf(reader, pair.length, 2);
      const [key = '', value = ''] = pair;
      return [key, value];
    }),
  ),
);

const lightProgram: ValueType<LightProgram> = compound('a program', (reader, parts) => {
  wholeOf(reader, parts, 5);
  return {
    id: readValue(reader, text),
    type: readValue(reader, integer),
    phase: readValue(reader, integer),
    phases: readValue(reader, lightPhases),
    parameters: readValue(reader, parameters),
  };
});

export const lightPrograms: ValueType<LightProgram[]> = compound('programs', (reader, parts) =>
  repeat(parts, () => readValue(reader, lightProgram)),
);

/** A vehicle that was on an induction loop during the last step. */
export interface LoopVehicle {
  readonly id: string;
  readonly lengthM: number;
  readonly enteredS: number;
  /** Undefined while it is still there. */
  readonly leftS?: number;
  readonly type: string;
}

export const loopVehicles: ValueType<LoopVehicle[]> = compound('vehicles on a loop', (reader) =>
  repeat(countPart(reader, 37), () => {
    const id = readValue(reader, text);
    const lengthM = readValue(reader, double);
    const enteredS = readValue(reader, double);
    const leftS = readValue(reader, double);
    const type = readValue(reader, text);
    return { id, lengthM, enteredS, ...(leftS >= 0 && { leftS }), type };
  }),
);
