/**
 * The districts that a city in the page can be made of, by the names that stand in links. Files are
 * loaded when they are asked for.
 */
import { assert } from '../../protocol/assert.ts';
import { checkDistrict, type District } from '../../protocol/check-district.ts';
import { town } from '../../simulation/town.ts';
import type { DistrictName } from './district-names.ts';

const checked = ({ default: file }: { default: unknown }): District => {
  const result = checkDistrict(file);
  assert('district' in result, 'a shipped district does not pass its check');
  return result.district;
};

const DISTRICTS: Record<DistrictName, () => District | Promise<District>> = {
  arterial: async () =>
    checked(await import('../../districts/arterial.json', { with: { type: 'json' } })),
  town9: () => town(9),
  town25: () => town(25),
  town100: () => town(100),
  town200: () => town(200),
  shared: async () =>
    checked(await import('../../districts/shared.json', { with: { type: 'json' } })),
};

export const districtNamed = async (name: DistrictName): Promise<District> => DISTRICTS[name]();
