/** `greenwave generate`, as it writes its files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { generateCommand } from '../../bin/generate.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-generate-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const generate = (...args: string[]) =>
  generateCommand.parseAsync([...args, '-o', folder], { from: 'user' });
const chart = () => join(folder, 'chart.json');

test('the coverage of one machine is put beside that of others', async () => {
  const machinesIn = () =>
    (JSON.parse(readFileSync(chart(), 'utf8')) as { machine: string }[]).map(
      ({ machine }) => machine,
    );
  await generate('node', '--chart', chart());
  expect(machinesIn()).toEqual(['node']);
  await generate('arrivals', '--chart', chart());
  await generate('node', '--chart', chart());
  expect(machinesIn()).toEqual(['node', 'arrivals']);
  expect(readdirSync(folder).sort()).toEqual(['arrivals.test.ts', 'chart.json', 'node.test.ts']);
});

test('a file that is no chart is not written over', async () => {
  writeFileSync(chart(), 'a letter');
  await expect(generate('node', '--chart', chart())).rejects.toThrow(/no chart of coverage/);
  expect(readFileSync(chart(), 'utf8')).toBe('a letter');
});

test('what is stale is named, and nothing is written', async () => {
  const file = join(folder, 'node.test.ts');
  writeFileSync(file, 'old');
  await expect(generate('node', '--check')).rejects.toThrow(`not up to date: ${file}`);
  expect(readFileSync(file, 'utf8')).toBe('old');
});
