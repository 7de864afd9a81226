/**
 * The player: shows lamps on hardware, switches those that flash, and looks at what really shines
 * after each change and again and again. It knows nothing of conflicts; it tells what it saw.
 */
import type { Intersection } from '../protocol/district.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import type { DriverClock } from './alarm.ts';
import { type Bulbs, bulbsFor, differenceOf, isFlashing, lampOf } from './bulbs.ts';
import type { Hardware } from './hardware.ts';

/** How long a lamp that flashes is light, and then dark. */
export const FLASH_HALF_MS = 500;
/** Period of looks at what shines; shorter after a look at which something was odd. */
export const LOOK_MS = 250;
const LOOK_AGAIN_MS = 50;
/**
 * How long a bulb may take to follow its switch. What is odd for longer is a fault (conflict
 * monitors of cabinets, NEMA TS 2 §4, wait as long and no longer than 450 ms).
 */
export const FAULT_MS = 200;

export interface PlayerOptions {
  readonly intersection: Intersection;
  readonly clock: DriverClock;
  readonly hardware: Hardware;
  /** Bulbs do not do as they are told. `lamps`: what people take them for, where that can be read. */
  readonly failed: (reason: string, lamps?: Lamps) => void;
}

interface Fault {
  readonly reason: string;
  readonly atMs: number;
  readonly lamps?: Lamps;
}

export class Player {
  readonly #options: PlayerOptions;
  #lamps: Lamps = {};
  #lit: Bulbs = {};
  #flashFromMs = 0;
  #oddSinceMs: number | undefined;
  /** The last fault that was seen, and when it was seen last. */
  #fault: Fault | undefined;
  /** The last that was told, so that a fault that stands is told once. */
  #told: string | undefined;
  #isStarted = false;
  #timer: unknown;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  /** Shows these lamps from now on. What fails before `start` is told by `start`. */
  show(lamps: Lamps, nowMs: number): void {
    if (!this.#isFlashing()) this.#flashFromMs = nowMs;
    this.#lamps = lamps;
    this.#play(nowMs);
  }

  /** Begins to tell. */
  start(): void {
    this.#isStarted = true;
    this.#play(this.#options.clock.now());
  }

  /** What is wrong with the bulbs: now, or in the last round of a lamp that flashes. */
  fault(): string | undefined {
    const nowMs = this.#options.clock.now();
    this.#find(nowMs);
    const isFresh = this.#fault && nowMs - this.#fault.atMs <= 2 * FLASH_HALF_MS + LOOK_MS;
    return isFresh ? this.#fault?.reason : undefined;
  }

  /** Plays no more, and leaves red where lamps would be flashing with nobody to switch them. */
  close(): void {
    this.#options.clock.clearTimeout(this.#timer);
    const { groups } = this.#options.intersection;
    this.#lamps = Object.fromEntries(groups.map(({ id }) => [id, 'red' as const]));
    this.#find(this.#options.clock.now());
  }

  #play(nowMs: number): void {
    const fault = this.#find(nowMs);
    // Armed before it is told, because whoever is told shows other lamps at once.
    this.#arm(nowMs);
    if (!this.#isStarted) return;
    if (!fault) {
      if (this.#oddSinceMs === undefined) this.#told = undefined;
    } else if (fault.reason !== this.#told) {
      this.#told = fault.reason;
      this.#options.failed(fault.reason, fault.lamps);
    }
  }

  /** Lights what is to shine now, looks at what does, and gives what has been wrong too long. */
  #find(nowMs: number): Fault | undefined {
    const found = this.#oddNow(nowMs);
    if (!found) {
      this.#oddSinceMs = undefined;
      return undefined;
    }
    this.#oddSinceMs ??= nowMs;
    if (!found.isCertain && nowMs - this.#oddSinceMs < FAULT_MS) return undefined;
    this.#fault = found;
    return found;
  }

  #oddNow(nowMs: number): (Fault & { isCertain: boolean }) | undefined {
    const { intersection, hardware } = this.#options;
    const { groups } = intersection;
    try {
      this.#light(nowMs);
      const shining = hardware.sense();
      const reason = differenceOf(groups, this.#lit, shining);
      if (reason === undefined) return undefined;
      const lamps = Object.fromEntries(groups.map(({ id }) => [id, this.#seen(id, shining)]));
      return { reason, atMs: nowMs, lamps, isCertain: false };
    } catch (error) {
      return { reason: (error as Error).message, atMs: nowMs, isCertain: true };
    }
  }

  /** What people take a group's bulbs for: its lamp, if they are as they should be. */
  #seen(group: string, shining: Bulbs): Lamp {
    const bulbs = shining[group] ?? [];
    const lit = this.#lit[group] ?? [];
    const isAsAsked = bulbs.length === lit.length && lit.every((bulb) => bulbs.includes(bulb));
    return isAsAsked ? (this.#lamps[group] ?? 'red') : lampOf(bulbs);
  }

  #light(nowMs: number): void {
    const half = Math.floor((nowMs - this.#flashFromMs) / FLASH_HALF_MS);
    const isLightHalf = half % 2 === 0;
    this.#lit = Object.fromEntries(
      this.#options.intersection.groups.map((group) => [
        group.id,
        bulbsFor(this.#lamps[group.id] ?? 'red', group, isLightHalf),
      ]),
    );
    this.#options.hardware.light(this.#lit);
  }

  #isFlashing(): boolean {
    return this.#options.intersection.groups.some((group) =>
      isFlashing(this.#lamps[group.id] ?? 'red', group),
    );
  }

  #arm(nowMs: number): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    const lookMs = this.#oddSinceMs === undefined ? LOOK_MS : LOOK_AGAIN_MS;
    const spentMs = (nowMs - this.#flashFromMs) % FLASH_HALF_MS;
    const ms = this.#isFlashing() ? Math.min(lookMs, FLASH_HALF_MS - spentMs) : lookMs;
    this.#timer = clock.setTimeout(() => this.#play(clock.now()), ms);
  }
}
