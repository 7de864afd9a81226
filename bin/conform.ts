/**
 * `greenwave conform`: plays the rest of a group to one node, of any implementation, and says which
 * sentences of the protocol it keeps. The node is started as always, under the same district file.
 */
import Table from 'cli-table3';
import { Argument, Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { realClock } from '../actors/clock.ts';
import { type Findings, tryNode } from '../conformance/trial.ts';
import type { Verdict } from '../conformance/verdicts.ts';
import type { Address } from '../transport/transport.ts';
import { udpTcp } from '../transport/udp-tcp.ts';
import {
  insecureOption,
  type KeyOptions,
  keyFileOption,
  keyringOf,
  warnIfInsecure,
} from './keys.ts';
import { interfaceAddress, seconds, whole } from './options.ts';
import { OperatorError, readDistrict, shippedDistrict } from './read-district.ts';

/** Ports tried for the parts that are played begin so far above the district's own. */
const PORTS_ABOVE = 100;
const STEPS_MAX = 1_000;

interface Options extends KeyOptions {
  readonly interface: string;
  readonly port?: number;
  readonly seed: number;
  readonly steps: number;
  readonly wait: number;
  readonly leave?: true;
  readonly json?: true;
}

const address = (text: string): Address => {
  const [, host, port] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(text) ?? [];
  if (host === undefined || !(Number(port) > 0 && Number(port) <= 65_535)) {
    throw new InvalidArgumentError('It must be an IPv4 address and a TCP port: 127.0.0.1:6000.');
  }
  return { host: interfaceAddress(host), port: Number(port) };
};

export const conformCommand: Command = new Command('conform')
  .description('Try whether a node, of any implementation, keeps the protocol (docs/PROTOCOL.md)')
  .addArgument(new Argument('<address>', 'where the node takes connections').argParser(address))
  .argument('[district]', 'district file of the node (default: the shipped arterial)')
  .option('--interface <ip>', 'address to use', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--port <number>', 'first TCP port tried for the other members', whole(1, 65_535))
  .option('--seed <number>', 'which order of messages chance makes', whole(0, 2 ** 31), 1)
  .option('--steps <count>', 'how many such messages', whole(0, STEPS_MAX), 60)
  .option('--wait <seconds>', 'how long the node may take to appear', seconds, 30)
  .option('--leave', 'at the end wait until you stop the node, and see how it leaves')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    `
Begin it first, then the node, which must have no group yet:
  greenwave conform 127.0.0.1:6000 my.json
  greenwave node my.json n1
Exit code 0: all sentences held; 1: one did not, or could not be reached; 2: nobody was there.`,
  )
  .action(async (target: Address, file: string | undefined, options: Options) => {
    const { name, timing, discovery } = readDistrict(file ?? shippedDistrict);
    const { interface: own, seed, steps, wait, leave } = options;
    const keys = keyringOf(name, own, options);
    warnIfInsecure(own, options);
    const tcpPort = options.port ?? Math.min(discovery.tcpPort + PORTS_ABOVE, 65_000);
    const transport = () => udpTcp({ discovery, interface: own, keys, tcpPort });
    const findings = await tryNode({
      transports: [transport(), transport()],
      clock: realClock,
      wall: Date.now,
      district: { name, contract: { timing, discovery } },
      target,
      seal: keys,
      chance: { seed, steps },
      waitMs: wait * 1000,
      ...(leave && { leaveMs: wait * 1000 }),
      tell: (what) => process.stderr.write(`${pc.dim(what)}\n`),
    });
    if (findings.node === null) throw new OperatorError(absence(findings, target));
    process.stdout.write(options.json ? `${JSON.stringify(findings)}\n` : text(findings));
    if (findings.verdicts.some(isWrong)) process.exitCode = 1;
  });

const isWrong = ({ verdict }: Verdict): boolean =>
  verdict === 'failed' || verdict === 'not reached';

const absence = ({ ended, others }: Findings, { host, port }: Address): string => {
  const heard = others.length > 0 ? `; heard: ${others.join(', ')}` : '; nobody else was heard';
  return `${host}:${port}: ${ended}${heard}. Does it run under this district file, on this interface?`;
};

const colours = {
  passed: pc.green,
  failed: pc.red,
  'not reached': pc.yellow,
  'not asked': pc.dim,
} as const;

const text = ({ node, verdicts, ended }: Findings): string => {
  const table = new Table({
    head: ['', 'PROTOCOL.md', 'sentence', 'tried'],
    colWidths: [13, 24, 74, 7],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { verdict, place, sentence, times, detail } of verdicts) {
    const more = detail === undefined ? '' : `\n${verdict === 'failed' ? detail : pc.dim(detail)}`;
    table.push([colours[verdict](verdict), place, `${sentence}${more}`, times]);
  }
  const count = (of: Verdict['verdict']) => verdicts.filter(({ verdict }) => verdict === of).length;
  const sum = (['passed', 'failed', 'not reached', 'not asked'] as const)
    .map((of) => `${count(of)} ${of}`)
    .join(', ');
  return `${table}\n${node}: ${sum}${ended === undefined ? '' : `. It ended early: ${ended}`}\n`;
};
