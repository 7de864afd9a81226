/** The commands of `greenwave`, in the order in which its help names them. */
import type { Command } from 'commander';
import { benchTrafficCommand } from './bench-traffic.ts';
import { callCommand } from './call.ts';
import { checkCommand } from './check.ts';
import { clearCommand } from './clear.ts';
import { conformCommand } from './conform.ts';
import { contractCommand } from './contract.ts';
import { driveCommand } from './drive.ts';
import { generateCommand } from './generate.ts';
import { importCommand } from './import.ts';
import { inspectCommand } from './inspect.ts';
import { keyCommand } from './key.ts';
import { lampsCommand } from './lamps.ts';
import { nodeCommand } from './node.ts';
import { planCommand } from './plan.ts';
import { preemptCommand } from './preempt.ts';
import { priorityCommand } from './priority.ts';
import { recoverCommand } from './recover.ts';
import { schemaCommand } from './schema.ts';
import { simulateCommand } from './simulate.ts';
import { statusCommand } from './status.ts';
import { upCommand } from './up.ts';
import { watchCommand } from './watch.ts';

export const commands: readonly Command[] = [
  upCommand,
  nodeCommand,
  lampsCommand,
  clearCommand,
  statusCommand,
  watchCommand,
  planCommand,
  contractCommand,
  preemptCommand,
  priorityCommand,
  callCommand,
  recoverCommand,
  keyCommand,
  importCommand,
  inspectCommand,
  schemaCommand,
  simulateCommand,
  driveCommand,
  benchTrafficCommand,
  checkCommand,
  generateCommand,
  conformCommand,
];
