/**
 * Finds the places of a machine's source where one thing can be made wrong: a guard, a target, an
 * assignment, an action. Each mutation changes one place, as somebody might who edits the machine.
 */
import { parseAst } from 'vite';

export type MutationKind = 'guard' | 'target' | 'assignment';

export interface Mutation {
  readonly kind: MutationKind;
  readonly line: number;
  /** Where, and what was done there: of one machine, no two have the same name. */
  readonly name: string;
  readonly source: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** Every node with those that it stands in, the outermost first. */
const walk = (
  node: Node,
  above: readonly Node[],
  visit: (node: Node, above: readonly Node[]) => void,
) => {
  visit(node, above);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, [...above, node], visit);
    }
  }
};

const keyOf = (node: Node | undefined): string | undefined => {
  if (node?.type !== 'Property') return undefined;
  const key = node['key'] as Node;
  return String(key['name'] ?? key['value']);
};

const calleeOf = (node: Node): string => {
  if (node.type !== 'CallExpression') return '';
  const callee = node['callee'] as Node;
  return String(callee['name'] ?? (callee['property'] as Node | undefined)?.['name'] ?? '');
};

const FLIPPED: Readonly<Record<string, string>> = {
  ...{ '===': '!==', '!==': '===', '>': '>=', '>=': '>', '<': '<=', '<=': '<' },
};

export class Mutations {
  readonly #text: string;
  /** States by their ids, as targets name them. */
  readonly #states: readonly string[];
  readonly #found: Mutation[] = [];
  readonly #counts = new Map<string, number>();

  constructor(text: string, states: readonly string[]) {
    this.#text = text;
    this.#states = states;
  }

  all(): readonly Mutation[] {
    const program = parseAst(this.#text, { lang: 'ts' }) as unknown as Node;
    walk(program, [], (node, above) => this.#visit(node, above));
    return this.#found;
  }

  #visit(node: Node, above: readonly Node[]): void {
    const keys = above.map(keyOf);
    if (this.#isGuardBody(node, above)) this.#breakGuard(node);
    else if (keys.includes('guards') || keys.includes('guard')) this.#breakCondition(node);
    if (keyOf(node) === 'guard') this.#drop('guard', node, 'is asked nothing');
    this.#breakTarget(node, above);
    this.#breakActions(node, above);
    if (node.type === 'ObjectExpression') this.#breakAssignment(node, above);
  }

  /** The whole of what a guard answers. */
  #isGuardBody(node: Node, above: readonly Node[]): boolean {
    const [property, parent] = above.slice(-2);
    const isArrow = parent?.type === 'ArrowFunctionExpression' && parent['body'] === node;
    if (!isArrow || node.type === 'BlockStatement') return false;
    return keyOf(property) === 'guard' || above.map(keyOf).indexOf('guards') === above.length - 4;
  }

  #breakGuard(node: Node): void {
    const text = this.#textOf(node);
    this.#put('guard', node, `!(${text})`, 'says the contrary');
    this.#put('guard', node, 'true', 'is always true');
    this.#put('guard', node, 'false', 'is always false');
    this.#breakCondition(node);
  }

  #breakCondition(node: Node): void {
    const operator = String(node['operator'] ?? '');
    const sides = [node['left'], node['right']];
    if (!sides.every(isNode)) return;
    const [left, right] = sides as [Node, Node];
    if (node.type === 'LogicalExpression' && operator !== '??') {
      if (!isForCompiler(this.#textOf(left))) {
        this.#put('guard', node, this.#textOf(right), `without ${this.#brief(left)}`);
      }
      if (!isForCompiler(this.#textOf(right))) {
        this.#put('guard', node, this.#textOf(left), `without ${this.#brief(right)}`);
      }
    }
    const flipped = node.type === 'BinaryExpression' ? FLIPPED[operator] : undefined;
    if (flipped === undefined || isForCompiler(this.#textOf(node))) return;
    const text = `${this.#textOf(left)} ${flipped} ${this.#textOf(right)}`;
    this.#put('guard', node, text, `${operator} becomes ${flipped}`);
  }

  #breakTarget(node: Node, above: readonly Node[]): void {
    const value = node['value'] as Node | undefined;
    if (node.type !== 'Property' || !isNode(value) || typeof value['value'] !== 'string') return;
    const name = value['value'];
    const isShort = ['on', 'after'].includes(keyOf(above.at(-2)) ?? '');
    if (
      keyOf(node) !== 'target' &&
      !(isShort && above.some((one) => calleeOf(one) === 'createMachine'))
    )
      return;
    const last = name.split('.').at(-1) ?? '';
    const others = this.#states.filter((id) => id.split('.').at(-1) !== last);
    const other = others[this.#found.length % others.length];
    if (other === undefined) return;
    this.#put('target', value, `'#${other}'`, `${name} becomes ${other}`);
    if (keyOf(node) === 'target') this.#drop('target', node, `${name} is not gone to`);
  }

  /** Actions named in the chart: each is left out. */
  #breakActions(node: Node, above: readonly Node[]): void {
    if (node.type !== 'Literal' || typeof node['value'] !== 'string') return;
    if (!above.some((one) => calleeOf(one) === 'createMachine')) return;
    const [outer, parent] = above.slice(-2);
    const isIn = (one: Node | undefined) => ['actions', 'entry', 'exit'].includes(keyOf(one) ?? '');
    const what = `${node['value']} is left out`;
    if (parent && isIn(parent) && parent['value'] === node)
      this.#put('assignment', node, '[]', what);
    if (parent?.type === 'ArrayExpression' && isIn(outer)) this.#drop('assignment', node, what);
  }

  /** Fields that an action assigns: each is left out, and sums and differences are not made. */
  #breakAssignment(node: Node, above: readonly Node[]): void {
    if (!above.some((one) => calleeOf(one) === 'assign') && !isNextState(above)) return;
    const isOuter = !above
      .slice(above.findLastIndex((one) => calleeOf(one) === 'assign'))
      .some(({ type }) => type === 'ObjectExpression');
    if (!isOuter && !isNextState(above)) return;
    for (const property of node['properties'] as readonly Node[]) {
      const what = `${keyOf(property) ?? this.#brief(property)} is not assigned`;
      this.#drop('assignment', property, what);
      const value = property['value'] as Node | undefined;
      if (isNode(value)) walk(value, [], (inner) => this.#breakSum(inner));
    }
  }

  #breakSum(node: Node): void {
    if (node.type !== 'BinaryExpression' || !['+', '-'].includes(String(node['operator']))) return;
    const left = node['left'] as Node;
    this.#put(
      'assignment',
      node,
      this.#textOf(left),
      `without ${node['operator']} ${this.#brief(node['right'] as Node)}`,
    );
  }

  /** Leaves something out of a list, with the comma after it. */
  #drop(kind: MutationKind, { start, end }: Node, what: string): void {
    const comma = /^\s*,/.exec(this.#text.slice(end))?.[0].length ?? 0;
    this.#put(kind, { type: '', start, end: end + comma }, '', what);
  }

  #put(kind: MutationKind, { start, end }: Node, by: string, what: string): void {
    const source = this.#text.slice(0, start) + by + this.#text.slice(end);
    const before = this.#text.slice(0, start);
    const line = before.split('\n').length;
    const name = `${nameAround(before)}: ${what}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    this.#found.push({ kind, line, name: count === 1 ? name : `${name} (${count})`, source });
  }

  #textOf({ start, end }: Node): string {
    return this.#text.slice(start, end);
  }

  #brief(node: Node): string {
    const text = this.#textOf(node).replace(/\s+/g, ' ');
    return text.length > 40 ? `${text.slice(0, 39)}…` : text;
  }
}

/** What tells types of events apart is there for the compiler: only such events come there. */
const isForCompiler = (text: string): boolean =>
  /event\.type/.test(text) || /^'\w+' in event$/.test(text);

/** `next: { … }`: what a step of a role makes of the whole context. */
const isNextState = (above: readonly Node[]): boolean => keyOf(above.at(-1)) === 'next';

/** What a place belongs to: the last name at the beginning of a line before it. */
const nameAround = (before: string): string =>
  [...before.matchAll(/^ {2,14}'?([\w.]+)'?: /gm)].at(-1)?.[1] ?? 'the machine';
