/** The how-tos do what they say: their files are taken, and their code is that of the example. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Replica } from '../../machines/replication.ts';
import { checkDistrict, type District } from '../../protocol/check-district.ts';
import { createCity } from '../../simulation/city.ts';
import { ROOT } from '../source-text.ts';
import { blocksOf } from './blocks.ts';

const districtIn = (value: unknown): District => {
  const checked = checkDistrict(value);
  expect(checked).toHaveProperty('district');
  return (checked as { district: District }).district;
};

test('the seventh intersection joins the six, and all seven agree and keep the rules', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-how-to-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(ROOT, 'districts'), join(folder, 'districts'), { recursive: true });
  const [seventh] = blocksOf('docs/add-an-intersection.md', 'json');
  expect(districtIn(JSON.parse(seventh ?? '')).intersections).toHaveLength(1);
  writeFileSync(join(folder, 'seventh.json'), seventh ?? '');
  const merge = blocksOf('docs/add-an-intersection.md', 'sh').find((text) =>
    text.startsWith('node '),
  );
  execFileSync('sh', ['-c', merge ?? ''], { cwd: folder });
  const district = districtIn(JSON.parse(readFileSync(join(folder, 'seven.json'), 'utf8')));
  expect(district.intersections.map(({ node }) => node)).toEqual([
    ...['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'],
  ]);
  const lit = new Set<string>();
  const city = createCity({
    seed: 7,
    district,
    shown: ({ intersection, lamps }) => {
      if (Object.values(lamps).includes('green')) lit.add(intersection);
    },
  });
  city.start();
  await city.run(60_000);
  expect(city.violations).toEqual([]);
  const replica = city.place('n7').stateOf('replica')?.context as Replica | undefined;
  expect(replica?.state.members).toHaveLength(7);
  expect(lit.size).toBe(7);
});

test('the code of the lamp driver is that of the example, word for word', () => {
  const [relays, lamps] = blocksOf('docs/write-a-lamp-driver.md', 'ts');
  const example = (name: string) => readFileSync(join(ROOT, 'docs/example', name), 'utf8');
  expect(relays).toBe(example('relays.ts'));
  expect(lamps).toBe(example('lamps.ts'));
});
