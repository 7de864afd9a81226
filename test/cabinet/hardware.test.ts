/** What every kind of bulbs must keep: those in memory, those in files, and those that the docs teach. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Bulbs } from '../../cabinet/bulbs.ts';
import { createDriver, type Driver } from '../../cabinet/driver.ts';
import { fileHardware } from '../../cabinet/file-hardware.ts';
import { type Hardware, memoryHardware } from '../../cabinet/hardware.ts';
import { checkHardware } from '../../cabinet/lamp-test.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { Player } from '../../cabinet/player.ts';
import type { Intersection } from '../../protocol/district.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { ROOT } from '../source-text.ts';
import { crossing, type Short, timelines } from './crossing.ts';
import { temporaryFolder } from './quick-district.ts';

interface Board {
  write(bits: number): void;
  read(): number;
}
type Relays = (intersection: Intersection, board: Board) => Hardware;
/** The file imports the package by its name, which only a project that has it installed resolves. */
const { relays }: { relays: Relays } = await import(join(ROOT, 'docs/example/relays.ts'));

/** A board in memory that keeps what was written to it, until it breaks. */
const boardOf = () => {
  let register = 0;
  let left = Number.POSITIVE_INFINITY;
  const words: number[] = [];
  const board: Board = {
    write: (bits) => {
      if (left === 0) throw new Error('EIO: no board');
      left -= 1;
      register = bits;
      words.push(bits);
    },
    read: () => register,
  };
  return {
    board,
    words,
    breakAfter: (writes: number) => {
      left = writes;
    },
  };
};

const kinds: [string, (intersection: Intersection) => Hardware][] = [
  ['in memory', memoryHardware],
  ['in files', (intersection) => fileHardware(temporaryFolder(), intersection)],
  ['on the relays of docs/example', (intersection) => relays(intersection, boardOf().board)],
];

const green: Short = ['red', 6, 'green', 16, 'amber', 19, 'red', 60];

/** A driver that plays one green of north. */
const play = (hardware: Hardware) => {
  const intersection = crossing();
  const clock = new VirtualClock();
  const latch = memoryLatch();
  let driver: Driver | undefined;
  const player = new Player({
    intersection,
    clock,
    hardware,
    failed: (reason) => driver?.fail(reason),
  });
  driver = createDriver({
    intersection,
    clock,
    latch,
    show: (lamps, nowMs) => player.show(lamps, nowMs),
    report: () => {},
  });
  player.start();
  const sent = { incarnation: 1, counter: 1, notAfterMs: 1e12 };
  driver.accept({ ...sent, timelines: timelines({ north: green }) });
  return { clock, latch };
};

describe.each(kinds)('bulbs %s', (_, make) => {
  test('pass the lamp test, and are left red', async () => {
    const hardware = make(crossing());
    expect(await checkHardware(crossing(), hardware)).toEqual([]);
    expect(Object.values(hardware.sense()).flat()).toEqual(['red', 'red', 'red', 'red']);
  });

  test('follow the driver through a green, and it has nothing to complain of', () => {
    const hardware = make(crossing());
    const { clock, latch } = play(hardware);
    const story = [1, 6.1, 16.1, 19.1].map((atS) => {
      clock.run(atS * 1000);
      const { north, east } = hardware.sense();
      return `${north}/${east}`;
    });
    expect(story).toEqual(['red/red', 'green/red', 'amber/red', 'red/red']);
    clock.run(120_000);
    expect(latch.read()).toBeUndefined();
  });

  test('that say what does not shine have the driver latch', () => {
    const good = make(crossing());
    const lying: Hardware = {
      light: good.light,
      sense: () => ({ ...good.sense(), east: ['green'] }),
    };
    const { clock, latch } = play(lying);
    clock.run(1_000);
    expect(latch.read()).toContain('east green shines though it is off');
  });
});

describe('relays, between one state and the next', () => {
  const red = { north: ['red'], south: ['red'], left: ['red'], east: ['red'] } satisfies Bulbs;
  const states: Bulbs[] = [
    red,
    { ...red, north: ['green'], south: ['green'] },
    { ...red, north: ['amber'], south: ['green'] },
    { ...red, east: ['red', 'amber'] },
    { ...red, east: ['green'] },
    { ...red, east: ['amber'] },
    { ...red, north: [], south: [], left: [], east: [] },
  ];
  const pairs = states.flatMap((from) => states.map((to) => ({ from, to })));

  test('light nobody before all that must end has ended, and no head goes dark', () => {
    for (const { from, to } of pairs) {
      const { board, words } = boardOf();
      const hardware = relays(crossing(), board);
      hardware.light(from);
      words.length = 0;
      hardware.light(to);
      const own = board.read();
      for (const word of [...words]) {
        board.write(word);
        for (const [group, bulbs] of Object.entries(hardware.sense())) {
          const [was, next] = [from[group] ?? [], to[group] ?? []];
          for (const bulb of bulbs) expect([...was, ...next]).toContain(bulb);
          // No course has green after amber.
          const isCourse = !(was.includes('amber') && !was.includes('red') && next[0] === 'green');
          if (was.length > 0 && next.length > 0 && isCourse) expect(bulbs).not.toEqual([]);
        }
        const lit = hardware.sense();
        const goes = (group: string) => lit[group]?.includes('green') === true;
        expect(goes('east') && (goes('north') || goes('south'))).toBe(false);
      }
      expect(board.read()).toBe(own);
    }
  });

  test.each([0, 1])('that fail after %i writes let nobody go, and say so', (writes) => {
    const { board, breakAfter } = boardOf();
    const hardware = relays(crossing(), board);
    hardware.light({ ...red, north: ['amber'] });
    breakAfter(writes);
    expect(() => hardware.light({ ...red, east: ['green'] })).toThrow('EIO');
    expect(hardware.sense()['east']).toEqual(['red']);
    if (writes === 1) expect(hardware.sense()['north']).toEqual(['red']);
  });
});
