/**
 * Golden journals: the facts of a scenario as text that people read, kept in `test/golden/` and
 * compared. `UPDATE_GOLDEN=1` writes them anew; read the difference before you commit it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Fact } from '../../protocol/event.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { LOAD } from '../../simulation/load.ts';

const namesOf = (voters: readonly { readonly node: string }[]) =>
  voters.map(({ node }) => node).join(' ');
const folder = fileURLToPath(new URL('../golden/', import.meta.url));

/** Gathers what is worth reading, from `fromMs` on. */
export class Chronicle {
  readonly #lines: string[] = [];
  readonly #leaders = new Set<string>();
  readonly #fromMs: number;
  readonly #hasPolls: boolean;

  /** `hasPolls`: who polls and who stands is told too. */
  constructor(fromMs = 0, { hasPolls = false } = {}) {
    this.#fromMs = fromMs;
    this.#hasPolls = hasPolls;
  }

  see = (line: JournalLine): void => {
    if (line.kind === 'error') {
      this.#tell(line.t, line.node, line.message);
      // A leader that is killed says nothing of it.
      this.#leaders.delete(line.message.replace('kill ', ''));
    }
    if (this.#hasPolls && line.kind === 'state' && line.machine === 'election') {
      const steps: Record<string, string> = {
        '"prospective"': 'polls the others',
        '{"candidate":"writing"}': 'stands: its own vote is being written',
        '{"candidate":"asking"}': 'claims the votes',
        '{"follower":"voting"}': 'votes for another: the vote is being written',
      };
      const step = steps[JSON.stringify(line.value)];
      if (step !== undefined) this.#tell(line.t, line.node, step);
    }
    if (line.kind !== 'fact') return;
    const what = this.#wordsFor(line.node, line.event);
    if (what !== undefined) this.#tell(line.t, line.node, what);
  };

  /** Compares with the golden journal of that name. */
  expectGolden(name: string, title: string): void {
    const text = [`# ${title}`, '#  seconds  who    what', ...this.#lines, ''].join('\n');
    const file = `${folder}${name}.txt`;
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
    }
    expect(existsSync(file), `${file} is missing: run once with UPDATE_GOLDEN=1`).toBe(true);
    expect(text).toBe(readFileSync(file, 'utf8'));
  }

  #tell(t: number, node: string, what: string): void {
    if (t < this.#fromMs) return;
    this.#lines.push(`${(t / 1000).toFixed(3).padStart(10)}  ${node.padEnd(5)}  ${what}`);
  }

  #wordsFor(node: string, fact: Fact): string | undefined {
    switch (fact.type) {
      case 'genesis.formed':
        return `is of group ${fact.group}`;
      case 'merge.yielded':
        this.#leaders.delete(node);
        return `leaves its group for ${fact.group}`;
      case 'election.elected':
        if (fact.leader === node) this.#leaders.add(node);
        return fact.leader === node
          ? `leads term ${fact.term}`
          : `follows ${fact.leader} in term ${fact.term}`;
      case 'election.lost': {
        const led = this.#leaders.delete(node);
        return led ? `steps down from term ${fact.term}` : `loses the leader of term ${fact.term}`;
      }
      case 'membership.joined':
        return `sees ${fact.peer}`;
      case 'membership.left':
        return `sees ${fact.peer} no more: ${fact.how}`;
      case 'enrolment.enrolled':
        return 'is enrolled';
      case 'replica.restored':
        return fact.index > 0 ? `takes the state at entry ${fact.index}` : undefined;
      case 'replica.configured':
        return `counts on the voters ${namesOf(fact.voters)}${fact.former ? ', not agreed yet' : ''}`;
      case 'replica.committed':
        return this.#wordsForCommand(node, fact.command);
      default:
        return undefined;
    }
  }

  /** Only the leader tells of what is agreed, and not of the load. */
  #wordsForCommand(
    node: string,
    command: Extract<Fact, { type: 'replica.committed' }>['command'],
  ): string | undefined {
    if (!this.#leaders.has(node)) return undefined;
    switch (command.kind) {
      case 'plan.adopt':
        return command.plan.id.startsWith(LOAD) ? undefined : `commits plan ${command.plan.id}`;
      case 'district.admit':
      case 'district.dismiss':
        return `commits ${command.kind} of ${command.node}`;
      default:
        return `commits ${command.kind}`;
    }
  }
}
