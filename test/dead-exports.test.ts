/** Nothing is kept that nobody uses: files, exports and dependencies, as knip finds them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from './source-text.ts';

const run = promisify(execFile);

test('every file, export and dependency is used by somebody, or is of the package’s own list', async () => {
  const options = ['--no-progress', '--no-config-hints'];
  const found = await run('node_modules/.bin/knip', options, { cwd: ROOT }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
  expect(found).toBe('');
  // Four seconds of a processor that may have much else to do.
}, 180_000);
