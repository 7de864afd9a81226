/**
 * The shape of each lamp, because colour alone tells a tenth of all men too little: ● green, ○ green
 * that yields, ▲ amber, ■ red; a flashing lamp is hollow, and comes and goes. The terminal's are the
 * same.
 */
import { isFlashing, type Lamp } from '../../../protocol/lamp.ts';
import type { Vector } from './geometry.ts';
import type { Paint } from './paint.ts';

/** Half of it on, half off. In milliseconds. */
const FLASH_MS = 1000;

/** Whether a flashing lamp shines just now. */
export const isOn = (nowMs: number): boolean => nowMs % FLASH_MS < FLASH_MS / 2;

export const lampColour = (lamp: Lamp | undefined, paint: Paint): string => {
  switch (lamp) {
    case 'green':
    case 'greenPermissive':
      return paint.green;
    case 'amber':
    case 'redAmber':
    case 'flashingAmber':
      return paint.amber;
    case 'red':
    case 'flashingRed':
      return paint.red;
    default:
      return paint.unlit;
  }
};

/** Draws a lamp about a point; `radius` in pixels. */
export const drawLamp = (
  context: CanvasRenderingContext2D,
  { x, y }: Vector,
  { lamp, radius, paint, isLit }: LampLook,
): void => {
  const colour = lampColour(lamp, paint);
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, radius * 0.32);
  context.globalAlpha = isFlashing(lamp) && !isLit ? 0.3 : 1;
  context.beginPath();
  outline(context, { x, y }, lamp, radius);
  const isHollow = lamp === 'greenPermissive' || isFlashing(lamp);
  if (isHollow) context.stroke();
  else context.fill();
  if (lamp === 'redAmber') {
    context.fillStyle = paint.red;
    context.fillRect(x - radius, y - radius, radius, radius * 2);
  }
  context.globalAlpha = 1;
};

interface LampLook {
  readonly lamp: Lamp | undefined;
  readonly radius: number;
  readonly paint: Paint;
  readonly isLit: boolean;
}

const outline = (
  context: CanvasRenderingContext2D,
  { x, y }: Vector,
  lamp: Lamp | undefined,
  radius: number,
): void => {
  switch (lamp) {
    case 'green':
    case 'greenPermissive':
      context.arc(x, y, lamp === 'green' ? radius : radius * 0.85, 0, 2 * Math.PI);
      return;
    case 'amber':
    case 'flashingAmber':
      context.moveTo(x, y - radius * 1.1);
      context.lineTo(x + radius * 1.1, y + radius * 0.85);
      context.lineTo(x - radius * 1.1, y + radius * 0.85);
      context.closePath();
      return;
    case 'red':
    case 'redAmber':
    case 'flashingRed': {
      const half = radius * 0.85;
      context.rect(x - half, y - half, half * 2, half * 2);
      return;
    }
    default:
      context.arc(x, y, radius * 0.4, 0, 2 * Math.PI);
  }
};
