/**
 * Bulbs as files, in the manner of Linux's GPIO in sysfs: `FOLDER/INTERSECTION/GROUP/BULB/value` holds
 * `1` for on and `0` for off. Each `BULB` may be a link to a pin, `/sys/class/gpio/gpio17` say, so
 * that the links are the wiring. What shines is read from `BULB-sensed/value` where there is one (an
 * input at the lamp), else from the same `value`.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Intersection } from '../protocol/district.ts';
import { CabinetError } from './address.ts';
import { type Bulb, bulbsOfHead, switchesFor } from './bulbs.ts';
import type { Hardware } from './hardware.ts';

interface Wire {
  readonly group: string;
  readonly bulb: Bulb;
  readonly value: string;
  readonly sensed: string;
}

/**
 * Makes the files where the intersection has no folder yet. Throws `CabinetError` where it has one in
 * which a bulb is missing, because a bulb without a wire would be believed lit.
 */
export const fileHardware = (folder: string, intersection: Intersection): Hardware => {
  const wires = wiresOf(folder, intersection);
  const home = join(folder, nameOf(intersection.id));
  if (!existsSync(home)) makeFiles(wires);
  const missing = wires.filter(({ value }) => !existsSync(value));
  if (missing.length > 0) {
    const list = missing.map(({ value }) => `  ${value}`).join('\n');
    throw new CabinetError(
      `bulbs of ${intersection.id} have no file; link each to its pin:\n${list}`,
    );
  }
  return throughFiles(intersection, wires);
};

const throughFiles = ({ groups }: Intersection, wires: readonly Wire[]): Hardware => {
  /** What each bulb was last switched to; one that failed is tried again the next time. */
  const switched = new Map<Wire, boolean>();
  return {
    light: (wanted) => {
      const troubles: string[] = [];
      for (const { group, bulb, isOn, isGo } of switchesFor(groups, wanted)) {
        const wire = wires.find((one) => one.group === group && one.bulb === bulb);
        if (!wire || switched.get(wire) === isOn) continue;
        if (isGo && troubles.length > 0) break;
        switched.delete(wire);
        const trouble = write(wire.value, isOn);
        if (trouble === undefined) switched.set(wire, isOn);
        else
          troubles.push(`${group} ${bulb} cannot be switched ${isOn ? 'on' : 'off'}: ${trouble}`);
      }
      if (troubles.length > 0) throw new Error(troubles.join('; '));
    },
    sense: () =>
      Object.fromEntries(
        groups.map(({ id }) => {
          const own = wires.filter(({ group }) => group === id);
          return [id, own.filter(({ sensed }) => read(sensed)).map(({ bulb }) => bulb)];
        }),
      ),
  };
};

const wiresOf = (folder: string, { id, groups }: Intersection): Wire[] =>
  groups.flatMap((group) =>
    bulbsOfHead(group).map((bulb) => {
      const place = join(folder, nameOf(id), nameOf(group.id));
      const value = join(place, bulb, 'value');
      const sensed = join(place, `${bulb}-sensed`, 'value');
      return { group: group.id, bulb, value, sensed: existsSync(sensed) ? sensed : value };
    }),
  );

const makeFiles = (wires: readonly Wire[]): void => {
  for (const { value } of wires) {
    mkdirSync(dirname(value), { recursive: true });
    writeFileSync(value, '0\n');
  }
};

/** A file name that is neither `.` nor `..` and has no slash. */
const nameOf = (id: string): string =>
  encodeURIComponent(id).replace(/^\.+$/, (dots) => `%${dots}`);

/** In place and at once, so that nobody reads an empty file. Gives what went wrong. */
const write = (path: string, isOn: boolean): string | undefined => {
  try {
    const opened = openSync(path, 'r+');
    try {
      writeSync(opened, isOn ? '1\n' : '0\n', 0);
    } finally {
      closeSync(opened);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

const read = (path: string): boolean => {
  const text = readFileSync(path, 'utf8').trim();
  if (text !== '0' && text !== '1')
    throw new Error(`${path} says "${text.slice(0, 20)}", not 0 or 1`);
  return text === '1';
};
