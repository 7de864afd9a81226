/**
 * Reads a district file and tells an operator everything that is wrong with it, with line and
 * column, before anything starts.
 */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type Problem, pathText } from '../protocol/assert.ts';
import { checkDistrict, type District } from '../protocol/check-district.ts';

/** The district that the repository ships. */
export const shippedDistrict = fileURLToPath(
  new URL('../../districts/arterial.json', import.meta.url),
);

/** The operator's mistake: `message` is ready to print; the program ends with exit code 2. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** What a file holds, and how its problems are told. */
export interface Parsed {
  readonly value: unknown;
  /** Each problem with its line and column. */
  readonly list: (problems: readonly Problem[]) => string[];
}

/** A district of a thousand intersections has a third of that. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** Reads a JSON file, or throws one `OperatorError` that says where it is none. */
export const parseFile = (file: string, kind: string): Parsed => {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > FILE_BYTES_MAX) {
      throw new OperatorError(`${file} has ${size} bytes; no ${kind} file is that long`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return parseText(file, text, kind);
};

/** The same of what was read already. */
export const parseText = (file: string, text: string, kind: string): Parsed => {
  const errors: ParseError[] = [];
  const tree = treeOf(file, text, errors);
  const lines = linesOf(text);
  if (errors.length > 0 || !tree) {
    const list = errors.map(
      ({ error, offset }) =>
        `  ${file}:${lines.place(offset)} not JSON: ${printParseErrorCode(error)}`,
    );
    throw new OperatorError(
      `${file} is not a ${kind} file:\n${list.length > 0 ? list.join('\n') : '  it is empty'}`,
    );
  }
  return {
    value: JSON.parse(text),
    list: (problems) =>
      problems.map(({ path, message }) => {
        const { offset } = nearest(tree, path);
        return `  ${file}:${lines.place(offset)} ${pathText(path)}: ${message}`;
      }),
  };
};

/** Readers follow nesting by calls, of which there is an end. */
const treeOf = (file: string, text: string, errors: ParseError[]): Node | undefined => {
  try {
    return parseTree(text, errors, { disallowComments: true });
  } catch (error) {
    if (error instanceof RangeError) throw new OperatorError(`${file} is nested far too deeply`);
    throw error;
  }
};

/** One error that lists every problem of a file. */
export const problemsError = (file: string, list: readonly string[], end: string) => {
  const count = list.length === 1 ? '1 problem' : `${list.length} problems`;
  return new OperatorError(`${file} has ${count}; ${end}:\n${list.join('\n')}`);
};

/** Gives the checked district, or throws one `OperatorError` that lists every problem. */
export const readDistrict = (file: string): District => {
  const { value, list } = parseFile(file, 'district');
  const result = checkDistrict(value);
  if ('district' in result) return result.district;
  throw problemsError(file, list(result.problems), 'nothing was started');
};

/** The node at `path`, or the closest one above it that the file has. */
const nearest = (tree: Node, path: readonly (string | number)[]): Node => {
  for (let length = path.length; length > 0; length--) {
    const found = findNodeAtLocation(tree, path.slice(0, length));
    if (found)
      return found.parent?.type === 'property' && length === path.length ? found.parent : found;
  }
  return tree;
};

const linesOf = (text: string) => {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return {
    place: (offset: number) => {
      const line = starts.findLastIndex((start) => start <= offset);
      return `${line + 1}:${offset - (starts[line] ?? 0) + 1}`;
    },
  };
};
