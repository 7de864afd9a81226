/**
 * `greenwave up`: a whole district on this machine, one process per node and one for the lamps.
 * Shows it live, ends it cleanly, and judges at the end whether anything unsafe was shown.
 */
import { Command, Option } from 'commander';
import { SENSING, type Sensing } from '../protocol/readings.ts';
import { crashesOption } from './crash.ts';
import { insecureOption, keyFileOption, keyringOf, warnIfInsecure } from './keys.ts';
import {
  contentsOption,
  inspectOption,
  interfaceAddress,
  perHour,
  seconds,
  whole,
} from './options.ts';
import { OperatorError, readDistrict, shippedDistrict } from './read-district.ts';
import { RealTraffic } from './real-traffic.ts';
import { restartOptions } from './revival.ts';
import { layOutSumo } from './sumo-place.ts';
import { type Laid, Up, type UpOptions } from './up-run.ts';

interface Options extends UpOptions {
  readonly demand?: number;
  readonly traffic: boolean;
  readonly seed: number;
  readonly sumo?: string;
  readonly sense?: Sensing;
  readonly gui?: true;
}

export const upCommand: Command = new Command('up')
  .description('Run a whole district on this machine: one process per node, one for the lamps')
  .argument('[district]', 'district file (default: the shipped one, or the scenario’s)')
  .option('--for <seconds>', 'stop after so long and print a summary', seconds)
  .option('--data <dir>', "folder of the nodes' stores (default: a new one, removed at the end)")
  .option('--interface <ip>', 'address to use', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--ttl <hops>', 'how far multicast goes', whole(0, 255), 1)
  .addOption(restartOptions()[0])
  .addOption(restartOptions()[1])
  .addOption(crashesOption())
  .option('--demand <vehicles>', 'vehicles an hour (default: what its greens serve)', perHour)
  .option('--seed <number>', 'of its traffic', whole(0, Number.MAX_SAFE_INTEGER), 1)
  .option('--no-traffic', 'empty roads')
  .option('--sumo <scenario>', 'the traffic of a SUMO scenario, SCENARIO.sumocfg, in real time')
  .addOption(new Option('--sense <level>', 'with --sumo: what nodes know of it').choices(SENSING))
  .option('--gui', 'with --sumo: watch it in sumo-gui')
  .option(
    '--page-port <number>',
    'port of the page (default: the first free one)',
    whole(0, 65_535),
  )
  .option('--no-page', 'serve no page (with --json there is none unless --page-port is given)')
  .addOption(inspectOption())
  .option('--json', 'print the journal as JSON lines')
  .addOption(contentsOption())
  .action(async (file: string | undefined, options: Options) => {
    const laid = await layOut(file, options);
    // Its nodes would each refuse to start.
    keyringOf(laid.district.name, options.interface, options);
    warnIfInsecure(options.interface, options);
    process.exitCode = await new Up(laid, options).run();
  });

/** The district and its traffic: a scenario of SUMO has both. */
const layOut = async (file: string | undefined, options: Options): Promise<Laid> => {
  if (options.sumo !== undefined) return layOutSumo(options.sumo, file, options);
  const alone = (['sense', 'gui'] as const).filter((name) => options[name] !== undefined);
  if (alone.length > 0) throw new OperatorError(`--${alone.join(' and --')} needs --sumo`);
  const named = file ?? shippedDistrict;
  const district = readDistrict(named);
  return {
    ...{ file: named, district },
    traffic: ({ tell }) =>
      options.traffic ? new RealTraffic({ district, ...options, tell }) : undefined,
  };
};
