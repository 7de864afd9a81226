/** Runs `greenwave lamps` alone, as the main program does. */
import { lampsCommand } from '../../bin/lamps.ts';
import { OperatorError } from '../../bin/read-district.ts';

try {
  await lampsCommand.parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
