/** The districts that a city in the page can be made of, by the names that stand in links. */
import arterial from '../../districts/arterial.json' with { type: 'json' };
import shared from '../../districts/shared.json' with { type: 'json' };
import { assert } from '../../protocol/assert.ts';
import { checkDistrict, type District } from '../../protocol/check-district.ts';
import { town } from '../../simulation/town.ts';
import type { DistrictName } from './district-names.ts';

const checked = (file: unknown): District => {
  const result = checkDistrict(file);
  assert('district' in result, 'a shipped district does not pass its check');
  return result.district;
};

const DISTRICTS: Record<DistrictName, () => District> = {
  arterial: () => checked(arterial),
  town9: () => town(9),
  town25: () => town(25),
  town100: () => town(100),
  town200: () => town(200),
  shared: () => checked(shared),
};

export const districtNamed = (name: DistrictName): District => DISTRICTS[name]();
