/**
 * Observations: what SUMO says after a step, or after a subscription, of things that somebody
 * subscribed to. A watch is a typed subscription: it makes the commands and finds its values again.
 */
import { type ByteReader, ByteWriter } from './traci-bytes.ts';
import type { Command } from './traci-commands.ts';
import { hex, readValue, text } from './traci-types.ts';
import { type Domain, domainOf, type ValuesOf, type Variables } from './traci-variables.ts';

/** What is known of one thing. */
export interface Observed {
  readonly domain: Domain;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What is around a thing. */
export interface Surroundings {
  readonly centre: Domain;
  readonly id: string;
  readonly objects: readonly Observed[];
}

export interface Observations {
  readonly observed: readonly Observed[];
  readonly surroundings: readonly Surroundings[];
  /** Values that SUMO could not give, in words. */
  readonly troubles: readonly string[];
}

/** A subscription to these variables of things of one domain. */
export interface Watch<T> {
  /** Watches this thing from now on. */
  on(id: string): Command<Observations>;
  /** Watches all that is within `rangeM` of a thing of the domain `centre`. */
  around(centre: Domain, id: string, rangeM: number): Command<Observations>;
  /** The values of each thing that was watched, by id. */
  in(observations: Observations): ReadonlyMap<string, T>;
  /** The values of each thing around a centre, by id. */
  near(observations: Observations, centre: Domain, id: string): ReadonlyMap<string, T>;
}

/** Begin and end of a subscription that ends with its thing. */
const FOR_EVER = -1_073_741_824;

export const watch = <V extends Variables, K extends keyof V & string>(
  domain: Domain<V>,
  names: readonly K[],
): Watch<ValuesOf<V, K>> => {
  const write = (writer: ByteWriter) => {
    writer.unsignedByte(names.length);
    for (const name of names) writer.unsignedByte(domain.variables[name]?.code ?? 0);
    return writer;
  };
  const head = (id: string) => new ByteWriter().double(FOR_EVER).double(FOR_EVER).text(id);
  const pick = (objects: readonly Observed[]) => {
    const found = new Map<string, ValuesOf<V, K>>();
    for (const { domain: of, id, values } of objects) {
      const isWhole = of.number === domain.number && names.every((name) => name in values);
      if (isWhole) found.set(id, values as ValuesOf<V, K>);
    }
    return found;
  };
  return {
    on: (id) => {
      const code = 0xd0 + domain.number;
      return {
        name: `watch ${domain.name} ${id}`,
        code,
        bytes: write(head(id)).block(code),
        answerCode: 0xe0 + domain.number,
        read: readOne,
      };
    },
    around: (centre, id, rangeM) => {
      const code = 0x80 + centre.number;
      const writer = head(id)
        .unsignedByte(0xa0 + domain.number)
        .double(rangeM);
      return {
        name: `watch each ${domain.name} around ${centre.name} ${id}`,
        code,
        bytes: write(writer).block(code),
        answerCode: 0x90 + centre.number,
        read: readOne,
      };
    },
    in: ({ observed }) => pick(observed),
    near: ({ surroundings }, centre, id) =>
      pick(
        surroundings
          .filter((one) => one.centre.number === centre.number && one.id === id)
          .flatMap(({ objects }) => objects),
      ),
  };
};

interface Draft {
  readonly observed: Observed[];
  readonly surroundings: Surroundings[];
  readonly troubles: string[];
}

const newDraft = (): Draft => ({ observed: [], surroundings: [], troubles: [] });

const readOne = (reader: ByteReader): Observations => {
  const draft = newDraft();
  readAnswer(reader, draft);
  return draft;
};

/** The answers that follow the status of a step, behind their count. */
export const readObservations = (reader: ByteReader): Observations => {
  const draft = newDraft();
  // The shortest has a length, a code, an empty id and no variable.
  for (let left = reader.count(7); left > 0; left--) readAnswer(reader, draft);
  return draft;
};

const readAnswer = (reader: ByteReader, draft: Draft): void =>
  reader.block((code) => {
    const domain = domainOf(code);
    const family = code & 0xf0;
    if (!domain || (family !== 0xe0 && family !== 0x90)) {
      return reader.fail(`${hex(code)} is no answer to a subscription`);
    }
    const id = reader.text();
    if (family === 0x90) readSurroundings(reader, { centre: domain, id }, draft);
    else {
      const values = readValues(reader, { domain, id, count: reader.unsignedByte() }, draft);
      draft.observed.push({ domain, id, values });
    }
  });

const readSurroundings = (
  reader: ByteReader,
  { centre, id }: Omit<Surroundings, 'objects'>,
  draft: Draft,
): void => {
  const code = reader.unsignedByte();
  const domain = domainOf(code);
  if (!domain || (code & 0xf0) !== 0xa0) reader.fail(`${hex(code)} is no domain`);
  const count = reader.unsignedByte();
  const objects: Observed[] = [];
  for (let left = reader.count(4); left > 0; left--) {
    const object = reader.text();
    const values = readValues(reader, { domain, id: object, count }, draft);
    objects.push({ domain, id: object, values });
  }
  draft.surroundings.push({ centre, id, objects });
};

interface Asked {
  readonly domain: Domain;
  readonly id: string;
  readonly count: number;
}

const readValues = (reader: ByteReader, { domain, id, count }: Asked, draft: Draft) => {
  const values: Record<string, unknown> = {};
  for (let k = 0; k < count; k++) {
    const code = reader.unsignedByte();
    const variable = domain.byCode.get(code);
    if (!variable) return reader.fail(`${domain.name} has no variable ${hex(code)}`);
    reader.variable = variable.name;
    const status = reader.unsignedByte();
    if (status === 0) values[variable.name] = readValue(reader, variable.type);
    else {
      draft.troubles.push(`${domain.name} ${id}, ${variable.name}: ${readValue(reader, text)}`);
    }
    reader.variable = '';
  }
  return values;
};
