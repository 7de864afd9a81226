/**
 * Strips as they are drawn. Shape says it as well as colour: a bar is green, a hollow one yields, a
 * hatched one is amber, a thin line is red, a broken line flashes. Ink beside it is planned green.
 */
import type { Lamp } from '../../../protocol/lamp.ts';
import type { Interval } from './strip.ts';

/** How thick they are. In pixels. */
export const SHOWN_PX = 8;
export const PLANNED_PX = 3;

interface Props {
  readonly shown: readonly Interval[];
  readonly planned: readonly Interval[];
  /** From instants to pixels. */
  readonly x: (ms: number) => number;
  /** The edge where both meet, and whether the planned one is above it. */
  readonly y: number;
  readonly isUp: boolean;
}

export const StripBar = ({ shown, planned, x, y, isUp }: Props) => {
  const shownY = isUp ? y : y - SHOWN_PX;
  const plannedY = isUp ? y - PLANNED_PX - 1 : y + 1;
  return (
    <g class="strip">
      {shown.map((one) => (
        <LampBar key={one.fromMs} x={x} y={shownY} {...one} />
      ))}
      {planned
        .filter(({ lamp }) => lamp === 'green' || lamp === 'greenPermissive')
        .map(({ fromMs, toMs }) => (
          <rect
            key={fromMs}
            class="planned"
            {...{ x: x(fromMs), y: plannedY, width: x(toMs) - x(fromMs), height: PLANNED_PX }}
          />
        ))}
    </g>
  );
};

const LampBar = ({ x, y, fromMs, toMs, lamp }: Interval & Pick<Props, 'x' | 'y'>) => {
  const [left, right] = [x(fromMs), x(toMs)];
  const kind = KINDS[lamp];
  if (kind.startsWith('line')) {
    const middle = y + SHOWN_PX / 2;
    return <line class={`${kind} ${lamp}`} x1={left} x2={right} y1={middle} y2={middle} />;
  }
  const inset = kind === 'hollow' ? 0.75 : 0;
  return (
    <rect
      class={`${kind} ${lamp}`}
      x={left + inset}
      y={y + inset}
      width={Math.max(0, right - left - 2 * inset)}
      height={SHOWN_PX - 2 * inset}
    />
  );
};

const KINDS: Record<Lamp, 'full' | 'hollow' | 'hatched' | 'line' | 'line broken'> = {
  green: 'full',
  greenPermissive: 'hollow',
  amber: 'hatched',
  redAmber: 'hatched',
  red: 'line',
  flashingAmber: 'line broken',
  flashingRed: 'line broken',
  dark: 'line broken',
};

/** The hatching of amber, once in each drawing. */
export const Hatching = () => (
  <defs>
    <pattern
      id="amber-hatch"
      width="4"
      height="4"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect class="hatch-ground" width="4" height="4" />
      <line class="hatch-line" x1="0" x2="0" y1="0" y2="4" />
    </pattern>
  </defs>
);
