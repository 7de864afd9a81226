/** Proves that a program that lights foes is imported with a warning, and never run. */
import { describe, expect, test } from 'vitest';
import { checkDistrict } from '../../protocol/check-district.ts';
import { importText, twoLights } from './read-fixture.ts';

const crossing = async (text = twoLights, options = {}) => {
  const { district, warnings } = await importText(text, options);
  const [west, east] = district.intersections;
  if (!west || !east) throw new Error('two lights expected');
  return { district, west, east, warnings };
};

const NIGHT = 'GGgrGGG';

describe('a program that conflicts', () => {
  test('is told with its place and its links, and never run', async () => {
    const { west, warnings } = await crossing();
    expect(west.programs?.map(({ id }) => id)).toEqual(['day']);
    expect(warnings).toEqual([
      {
        place: `west program night phase 0 (${NIGHT})`,
        message:
          'lights foes of which neither yields: link 1 (ew2 → southward) with link 4 (in → southward), ' +
          'link 1 (ew2 → southward) with link 5 (in → we1), link 1 (ew2 → southward) with link 6 (in → we1); ' +
          'the stage and the program will not be run',
      },
    ]);
  });

  test('gives way to stages made for every group when it is the only one', async () => {
    const onlyNight = twoLights.replace(/<tlLogic id="west"[^>]*"day"[\s\S]*?<\/tlLogic>/, '');
    const { district, west, warnings } = await crossing(onlyNight.replaceAll('rrGGrrr', 'rrrGrrG'));
    expect(checkDistrict(district)).toHaveProperty('district');
    expect(west.programs).toEqual([]);
    expect(west.yields).toEqual([]);
    const served = new Set(west.stages.flatMap(({ green }) => green));
    expect([...served].sort()).toEqual(west.groups.map(({ id }) => id).sort());
    expect(warnings.map(({ message }) => message).join()).toContain('stage s1 was made for it');
  });

  test('is told even when only its yellow conflicts', async () => {
    const text = twoLights.replace('rryysrr', 'rryysrG');
    const { west, warnings } = await crossing(text);
    expect(west.programs).toEqual([]);
    expect(west.stages.map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
    expect(warnings.some(({ place }) => place === 'west program day phase 6 (rryysrG)')).toBe(true);
  });

  test('a permissive green against a foe it need not yield to is a conflict', async () => {
    // Link 5 has priority over link 1, so its `g` stops for nobody.
    const { west, warnings } = await crossing(twoLights.replaceAll('GggrGGG', 'GGgrggg'));
    expect(west.stages.some(({ green }) => green.includes('E-l') && green.includes('W-s'))).toBe(
      false,
    );
    expect(warnings.map(({ place }) => place)).toContain('west program day phase 0 (GGgrggg)');
  });
});
