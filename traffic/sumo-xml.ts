/**
 * Reads XML of SUMO from elsewhere: one strict parser for all its files, that expands no entities but
 * the five of XML, follows no reference to another file, and bounds depth, attributes and lengths,
 * because whoever sends a network to be imported may be a stranger.
 */
import sax from 'sax';

/** SUMO's own files nest four deep. */
export const DEPTH_MAX = 64;
/** SUMO's own elements have about twenty. */
export const ATTRIBUTES_MAX = 256;
/** One value: the shape of a long edge, or the list of a junction's lanes. In characters. */
export const VALUE_CHARACTERS_MAX = 1_048_576;

/** Names that would change the object in which the parser gathers attributes. */
const REFUSED_NAMES = new Set(['__proto__', 'hasOwnProperty']);

export interface XmlHearer {
  /** `fail` adds the line. */
  readonly open: (
    name: string,
    attributes: Readonly<Record<string, string>>,
    fail: (message: string) => never,
  ) => void;
  /** Throws an error of the caller's own kind. */
  readonly fail: (message: string) => never;
}

export interface XmlReader {
  write(text: string): void;
  /** To be called once, after the last piece. */
  end(): void;
}

/** Gives what is wrong with its line. */
export const xmlReader = ({ open, fail }: XmlHearer): XmlReader => {
  const parser = sax.parser(true);
  const inside: string[] = [];
  let isEnding = false;
  const failHere = (message: string): never => fail(`line ${parser.line + 1}: ${message}`);
  parser.onerror = (error) => {
    const [message = ''] = error.message.split('\n');
    failHere(isEnding ? `the file is cut off, inside <${inside.at(-1) ?? 'nothing'}>` : message);
  };
  parser.ondoctype = () => failHere('it has a DOCTYPE, which no file of SUMO needs; remove it');
  parser.onattribute = ({ name }) => {
    if (REFUSED_NAMES.has(name)) failHere(`an attribute is called ${name}, which none of SUMO is`);
  };
  parser.onopentag = ({ name, attributes }) => {
    if (inside.length >= DEPTH_MAX) failHere(`<${name}> is nested deeper than ${DEPTH_MAX}`);
    inside.push(name);
    const entries = Object.entries(attributes as Record<string, string>);
    if (entries.length > ATTRIBUTES_MAX) {
      failHere(`<${name}> has ${entries.length} attributes, more than ${ATTRIBUTES_MAX}`);
    }
    for (const [key, { length }] of entries) {
      if (length > VALUE_CHARACTERS_MAX) {
        failHere(`${key} of <${name}> has ${length} characters, more than ${VALUE_CHARACTERS_MAX}`);
      }
    }
    open(name, attributes as Record<string, string>, failHere);
  };
  parser.onclosetag = () => inside.pop();
  return {
    write: (text) => void parser.write(text),
    end: () => {
      isEnding = true;
      parser.close();
    },
  };
};
