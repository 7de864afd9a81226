/** A district whose lamps change within fractions of a second, for tests in real time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { DistrictFile, Intersection } from '../../protocol/district.ts';
import { crossing, sharedCrossing } from './crossing.ts';

const quick = (intersection: Intersection): Intersection => ({
  ...intersection,
  groups: intersection.groups.map((group) => ({
    ...group,
    minGreenS: 0.6,
    amberS: 0.3,
    redClearanceS: 0.1,
  })),
});

export const quickCrossing = (): Intersection => quick(crossing());
export const quickSharedCrossing = (): Intersection => quick(sharedCrossing());

/** Start-up red of these crossings. */
export const START_UP_MS = 400;

/** A folder that is gone after the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-cabinet-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Writes a district file of the quick crossing and a second one; gives its path. */
export const quickDistrictFile = (folder: string): string => {
  const district: DistrictFile = {
    name: 'quick',
    intersections: [quickCrossing(), { ...quickSharedCrossing(), id: 'second', nodes: others }],
  };
  const file = join(folder, 'district.json');
  writeFileSync(file, JSON.stringify(district));
  return file;
};

const others = { north: 'n2', south: 'n2', left: 'n2', east: 'n3' };
