/**
 * Messages of the last moment, as lines from who said them to who heard them that fade away: first
 * what bears on who leads and what is agreed, because beats would hide it.
 */
import type { JournalLine } from '../../../protocol/journal.ts';
import { toPane } from './camera.ts';
import type { Look } from './draw.ts';
import type { Paint } from './paint.ts';

/** How long a message is seen. In milliseconds of the journal. */
const SEEN_MS = 450;
/** More are no picture any more. */
const DRAWN_MAX = 600;

export const drawMessages = (context: CanvasRenderingContext2D, look: Look): void => {
  const { moment, scene, camera, size, paint } = look;
  const { t, history } = moment;
  const lines = history.between(t - SEEN_MS, t, 4 * DRAWN_MAX);
  let drawn = 0;
  for (const line of lines) {
    const colour = colourOf(line, paint);
    if (line.kind !== 'heard' || colour === undefined || drawn >= DRAWN_MAX) continue;
    const [from, to] = [scene.crossingOf.get(line.peer), scene.crossingOf.get(line.node)];
    if (!from || !to || from === to) continue;
    drawn += 1;
    const [a, b] = [toPane(camera, size, from.at), toPane(camera, size, to.at)];
    const age = (t - line.t) / SEEN_MS;
    context.globalAlpha = 0.75 * (1 - age);
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 1.5;
    // Bowed to its right, so that both ways between two nodes are told apart.
    const bow = {
      x: (a.x + b.x) / 2 - (b.y - a.y) * 0.12,
      y: (a.y + b.y) / 2 + (b.x - a.x) * 0.12,
    };
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.quadraticCurveTo(bow.x, bow.y, b.x, b.y);
    context.stroke();
    context.beginPath();
    context.arc(b.x, b.y, 3, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
};

const colourOf = (line: JournalLine, paint: Paint): string | undefined => {
  if (line.kind !== 'heard') return undefined;
  if (line.type.startsWith('election.') || line.type.startsWith('genesis.')) return paint.warn;
  return line.type.startsWith('replica.') ? paint.accent : undefined;
};
