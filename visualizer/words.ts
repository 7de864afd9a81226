/** Times and numbers as the page writes them. */

/** Later than this, a time is a date of this world, and not one of a city that began at 0. */
const EPOCH_MS = 1e11;

/** `12:07:31.250` of the day here; in a city minutes and seconds since it began. */
export const timeText = (t: number): string => {
  if (t >= EPOCH_MS) {
    const date = new Date(t);
    return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  }
  const seconds = Math.floor(t / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, ...rest] = parts.map((part) => String(part).padStart(2, '0'));
  const clock = parts[0] === 0 ? rest.join(':') : [hours, ...rest].join(':');
  return `${clock}.${String(Math.floor(t % 1000)).padStart(3, '0')}`;
};

export const bytesText = (perSecond: number | undefined): string => {
  if (perSecond === undefined) return '';
  return perSecond < 1000
    ? `${Math.round(perSecond)} B/s`
    : `${(perSecond / 1000).toFixed(1)} kB/s`;
};

export const milliseconds = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
