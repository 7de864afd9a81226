/**
 * `greenwave clear`: an operator who has looked ends a latch to flashing. The driver's own door is
 * asked, so that what it says is what became of it; where no driver runs, the latch it left is
 * removed.
 */
import { connect } from 'node:net';
import { Command } from 'commander';
import { cabinetSocket, isAnswered } from '../cabinet/address.ts';
import { fileLatch, latchFile } from '../cabinet/file-latch.ts';
import { hearLines } from '../cabinet/lines.ts';
import { clearWord } from '../protocol/clear-line.ts';
import { lineOf, readLineFromDriver } from '../protocol/lamp-line.ts';
import type { Keyring } from '../transport/keyring.ts';
import { assertOperator, keyFileOption, namedKeyring } from './keys.ts';
import { chosen } from './lamps.ts';
import { latchFolder } from './latch-folder.ts';
import { OperatorError, readDistrict, shippedDistrict } from './read-district.ts';

/** How long a driver may take to answer. */
const ANSWER_MS_MAX = 5_000;

interface Options {
  readonly socket?: string;
  readonly latch?: string;
  readonly keyFile?: string;
  readonly json?: true;
}

/** What became of it; printed with `--json`. */
export interface Said {
  readonly intersection: string;
  /** Whether a driver runs and has answered. */
  readonly isRunning: boolean;
  /** Why it was latched; null when it was not. */
  readonly reason: string | null;
  readonly isCleared: boolean;
  /** Why it stays latched. */
  readonly refused?: string;
}

const HELP = `
Look at the lamps first, and mend what is wrong: a latch says that lamps were lit against each
other, or did not do as they were told. The driver then goes from flashing to steady red, and from
there follows its nodes again. It refuses while it still sees the fault. Where it was started with
--key-file it heeds operators alone: name their key with --key-file.

Exit codes: 0 cleared, or nothing was latched; 1 refused, or the driver did not answer; 2 your mistake.`;

export const clearCommand: Command = new Command('clear')
  .description('Clear the latch of an intersection that flashes because its lamps were unsafe')
  .argument('<intersection>', 'which intersection')
  .argument('[district]', 'district file', shippedDistrict)
  .option('--socket <path>', "Unix socket of the lamp driver (default: the intersection's own)")
  .option(
    '--latch <dir>',
    'folder of the latch, where no driver runs (default: as of greenwave lamps)',
  )
  .addOption(keyFileOption())
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action(async (id: string, file: string, options: Options) => {
    const said = await clear(id, file, options);
    process.stdout.write(`${options.json ? JSON.stringify(said) : textOf(said)}\n`);
    if (said.refused !== undefined) process.exitCode = 1;
  });

/** Asks the driver, or where none runs removes the latch that it left. */
export const clear = async (id: string, file: string, options: Options): Promise<Said> => {
  const district = readDistrict(file);
  chosen(file, district, [id]);
  const path = options.socket ?? cabinetSocket(district, id);
  const keyring = namedKeyring(district.name, options);
  assertOperator(keyring, options);
  if (await isAnswered(path)) return ask(path, id, keyring);
  const kept = latchFile(options.latch ?? latchFolder(district), id);
  const latch = fileLatch(kept);
  const reason = latch.read();
  if (reason === undefined) {
    const looked = `no lamp driver of ${id} answers at ${path}, and there is no latch ${kept}`;
    throw new OperatorError(`${looked}; say --socket or --latch as the driver was told`);
  }
  const trouble = latch.write(undefined);
  const common = { intersection: id, isRunning: false, reason };
  if (trouble === undefined) return { ...common, isCleared: true };
  return { ...common, isCleared: false, refused: `${kept} cannot be removed: ${trouble}` };
};

const ask = (path: string, intersection: string, keyring?: Keyring): Promise<Said> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    const end = (what: Omit<Said, 'intersection' | 'isRunning'>) => {
      socket.destroy();
      resolve({ intersection, isRunning: true, ...what });
    };
    const fail = (refused: string) => end({ reason: null, isCleared: false, refused });
    const remedy = 'its process may be stopped; start it anew, and clear again';
    socket.setTimeout(ANSWER_MS_MAX, () => fail(`the lamp driver does not answer; ${remedy}`));
    socket.on('error', ({ message }) => fail(`the lamp driver does not answer: ${message}`));
    socket.on('close', () => fail('the lamp driver hung up'));
    hearLines(socket, (text) => {
      const line = readLineFromDriver(text);
      if (line?.type === 'lamps.refused') fail(line.reason);
      if (line?.type === 'lamps.prove') {
        if (!keyring?.isOperator) fail('this takes the operator’s key: name it with --key-file');
        else prove(keyring.signed(clearWord(intersection, line.nonce)));
      }
      if (line?.type !== 'lamps.cleared') return;
      const { reason = null, refused } = line;
      const isCleared = reason !== null && refused === undefined;
      end({ reason, isCleared, ...(refused !== undefined && { refused }) });
    });
    const prove = (proof: string) =>
      socket.write(lineOf({ type: 'lamps.clear', intersection, proof }));
    socket.write(lineOf({ type: 'lamps.clear', intersection }));
  });

const textOf = ({ intersection, isRunning, reason, isCleared, refused }: Said): string => {
  const was = reason === null ? [] : [`${intersection} was latched to flashing: ${reason}`];
  if (refused !== undefined) return [...was, `It is not cleared: ${refused}`].join('\n');
  if (!isCleared) return `${intersection} is not latched: nothing to clear.`;
  const next = isRunning
    ? 'Cleared: it shows steady red now, then follows its nodes again.'
    : 'Cleared: no lamp driver runs; it begins with steady red when it is started.';
  return [...was, next].join('\n');
};
