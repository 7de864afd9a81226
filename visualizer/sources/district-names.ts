/** The names of the districts that a city can be made of, apart from what they hold. */
export const districtNames = {
  town9: 'Town of 9',
  arterial: 'Arterial of 6',
  shared: 'One shared crossing',
  town25: 'Town of 25',
  town100: 'Town of 100',
  town200: 'Town of 200',
} as const;

export type DistrictName = keyof typeof districtNames;

export const isDistrictName = (name: string): name is DistrictName =>
  Object.hasOwn(districtNames, name);
