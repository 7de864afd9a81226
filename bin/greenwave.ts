#!/usr/bin/env node
/**
 * The program `greenwave`: its commands, and what becomes of their errors. Exit codes: 0 all went
 * well, 1 something failed, 2 the operator's mistake, 3 a node with this id already runs,
 * 4 it crashed, and a report says how.
 */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../protocol/assert.ts';
import { commands } from './commands.ts';
import { OperatorError } from './read-district.ts';
import { VERSION } from './version.ts';

const program = new Command('greenwave')
  .description('A decentralised, fault-tolerant traffic-signal system')
  .version(VERSION);

for (const command of commands) {
  command.exitOverride();
  program.addCommand(command);
}
program.exitOverride();

// All is done by then, and printed. What Node would still do is to wait for its handles, and after
// a TLS connection was reset while something was being sent it waits for ever, at full speed (20.20).
process.on('exit', () => process.exit());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed what is wrong; help and version are no mistakes.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof OperatorError || error instanceof ConfigError) {
    process.stderr.write(`greenwave: ${error.message}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`greenwave: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
