/**
 * Tells a journal line to a person, or nothing when it is of no interest to one.
 */
import pc from 'picocolors';
import type { Command } from '../protocol/command.ts';
import { changesBetween } from '../protocol/contract.ts';
import type { Fact } from '../protocol/event.ts';
import type { JournalLine } from '../protocol/journal.ts';

const commandText = (command: Command): string => {
  switch (command.kind) {
    case 'term.open':
      return `${command.leader} opens the term`;
    case 'district.admit':
      return `admits ${command.node}${command.intersection ? ` with ${command.intersection.id}` : ''}`;
    case 'district.dismiss':
      return `dismisses ${command.node}`;
    case 'voters.change':
      return `voters are ${command.voters.map(({ node }) => node).join(', ')}`;
    case 'plan.adopt':
      return `plan ${command.plan.id}, cycle ${command.plan.cycleS} s`;
    case 'timescale.open':
      return `opens the timescale of term ${command.term}`;
    case 'right.enter':
      return `${command.node} enters its shared intersection`;
    case 'right.grant':
      return `${command.intersection} may show ${command.last.stage}`;
    case 'right.release':
      return `${command.node} gives up the rest of ${command.group} at ${command.intersection}`;
    case 'preempt.call':
      return `green for ${command.group} at ${command.intersection}, ${command.forS} s at most`;
    case 'preempt.clear':
      return `preemption ${command.id} is over`;
    case 'priority.call':
      return `priority for ${command.group} at ${command.intersection}`;
    case 'contract.prepare':
      return `prepares another contract: ${changesBetween(command.from, command.to).join(', ')}`;
    case 'contract.ready':
      return `${command.node} is ready for another contract`;
    case 'contract.switch':
      return `another contract is in force${absentText(command.absent)}`;
    case 'contract.withdraw':
      return 'takes back the change of the contract';
  }
};

const absentText = (absent: readonly string[]) =>
  absent.length > 0 ? ` (absent: ${absent.join(', ')})` : '';

const factText = (event: Fact): string | undefined => {
  switch (event.type) {
    case 'wire.opened':
      return `listens on ${event.host}:${event.port}`;
    case 'membership.joined':
      return `${event.peer} joined`;
    case 'membership.left':
      return pc.yellow(`${event.peer} left: ${event.reason}`);
    case 'detector.suspected':
      return pc.yellow(`suspects ${event.peer}: ${event.reason}`);
    case 'genesis.formed':
      return `belongs to group ${event.group}`;
    case 'membership.outlived':
      return pc.yellow(`others know a later life of it (${event.by}): begins anew above`);
    case 'membership.refused':
      return pc.yellow(`refused ${event.peer}: ${event.reason}`);
    case 'merge.yielded':
      return pc.yellow(`leaves its group for ${event.group}`);
    case 'election.elected':
      return pc.cyan(`${event.leader} leads in term ${event.term}`);
    case 'election.lost':
      return pc.yellow(`lost the leader of term ${event.term}: ${event.reason}`);
    case 'replica.committed':
      return `#${event.index} ${commandText(event.command)}`;
    case 'phases.changed':
      return pc.green(`stage ${event.stage} for ${event.greenS} s (${event.mode})`);
    case 'contract.changed':
      return event.changes.length > 0
        ? pc.cyan(`runs by the contract that is agreed: ${event.changes.join(', ')}`)
        : undefined;
    case 'lamps.lost':
      return pc.red(`lamp driver lost: ${event.reason}`);
    case 'lamps.refused':
      return pc.red(`lamp driver refused: ${event.reason}`);
    default:
      return undefined;
  }
};

/** What is to be done about a refusal, where that is not plain. */
const remedyOf = (reason: string): string =>
  reason.startsWith('another contract')
    ? ' (one of the two needs the district file of the other)'
    : '';

/** The line's text, without a time. */
export const textOf = (line: JournalLine): string | undefined => {
  switch (line.kind) {
    case 'fact':
      return factText(line.event);
    case 'refused':
      return pc.red(
        `refused${line.peer === undefined ? '' : ` ${line.peer}`}: ${line.reason}${remedyOf(line.reason)}`,
      );
    case 'error':
      return pc.red(line.message);
    default:
      return undefined;
  }
};

/** `18:03:21.120`, of the host's day in UTC. */
export const timeOfDay = (t: number): string => new Date(t).toISOString().slice(11, 23);
