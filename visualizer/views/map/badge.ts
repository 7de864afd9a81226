/**
 * The badge of a node: its name, and by shape, word and colour whether it leads, stands for office,
 * knows no leader, stands still or is gone.
 */
import { type NodePicture, type Role, roleOf } from '../../picture.ts';
import type { Vector } from './geometry.ts';
import { font, type Paint } from './paint.ts';

export interface BadgeLook {
  readonly node: NodePicture;
  readonly paint: Paint;
  /** Its sign alone, where there is no room for names. */
  readonly isSmall: boolean;
  /** It leads in the latest term; others may still believe that they do. */
  readonly isLeader: boolean;
}

/** The sign of a role; tables show the same. */
export const SIGNS: Record<Role, string> = {
  leader: '★',
  candidate: '?',
  backup: '',
  leaderless: '…',
  down: '✕',
  unknown: '·',
};

export const signOf = (node: NodePicture): string =>
  node.standing === 'stalled' ? '‖' : SIGNS[roleOf(node)];

export const drawBadge = (
  context: CanvasRenderingContext2D,
  { x, y }: Vector,
  { node, paint, isSmall, isLeader }: BadgeLook,
): void => {
  const sign = signOf(node);
  const text = isSmall ? sign : sign === '' ? node.node : `${sign} ${node.node}`;
  context.font = font(isSmall ? 10 : 12, isLeader ? 700 : 500);
  const width = context.measureText(text).width + (isSmall ? 6 : 12);
  const height = isSmall ? 14 : 18;
  const [back, front] = coloursOf(node, isLeader, paint);
  context.fillStyle = back;
  context.strokeStyle = front;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x, y - height / 2, width, height, height / 2);
  context.fill();
  if (!isLeader) context.stroke();
  context.fillStyle = front;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x + width / 2, y + 0.5);
};

const coloursOf = (node: NodePicture, isLeader: boolean, paint: Paint): [string, string] => {
  if (isLeader) return [paint.accent, paint.accentText];
  if (node.standing === 'down') return [paint.panel, paint.bad];
  const role = roleOf(node);
  if (node.standing === 'stalled' || role === 'candidate' || role === 'leaderless') {
    return [paint.panel, paint.warn];
  }
  // It believes that it leads, and somebody else does by now.
  if (role === 'leader') return [paint.panel, paint.warn];
  return [paint.panel, paint.text];
};
