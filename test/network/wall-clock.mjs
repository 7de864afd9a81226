/**
 * Sets the time of day of one process wrong: preloaded by `node --import wall-clock.mjs?aheadMs=…`.
 * What runs cannot tell it from a host whose clock nobody set.
 */
const aheadMs = Number(new URL(import.meta.url).searchParams.get('aheadMs'));
const Right = globalThis.Date;

globalThis.Date = class extends Right {
  constructor(...args) {
    if (args.length === 0) super(Right.now() + aheadMs);
    else super(...args);
  }
  static now() {
    return Right.now() + aheadMs;
  }
};
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + aheadMs });
