/**
 * What a stage lights. Apart from the checks of a district, because whoever only asks this need not
 * load their schemas: the page does not.
 */
import type { Stage } from './district.ts';

/** The groups a stage lights, protected and permissive. */
export const litBy = (stage: Stage): string[] => [...stage.green, ...(stage.permissive ?? [])];
