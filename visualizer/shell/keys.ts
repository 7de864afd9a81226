/** Keys of the page. The map has some of its own while it has the focus. */
import { useEffect } from 'preact/hooks';
import type { Desk } from '../desk.ts';
import { views } from '../views/views.ts';
import { panes } from './panes.tsx';

/** A large step. In milliseconds. */
const JUMP_MS = 1000;

export const KEYS: readonly (readonly [string, string])[] = [
  ['Space', 'pause, go on'],
  ['← →', 'one event back, one on (with Shift: a second)'],
  ['L', 'to the present'],
  ['1 2 …', 'the views'],
  ['N P', 'next, previous intersection (on the map)'],
  ['+ − 0', 'larger, smaller, fit (map, charts)'],
  ['X', 'draw a line that parts the network (on the map)'],
];

export const useKeys = (desk: Desk): void => {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, select, textarea'))
        return;
      // A focused button hears the space bar itself.
      const isButton = event.target instanceof Element && event.target.closest('button') !== null;
      if (isButton && event.key === ' ') return;
      const act = actOf(desk, event);
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, [desk]);
};

const actOf = (desk: Desk, { key, shiftKey }: KeyboardEvent): (() => void) | undefined => {
  const jump = (ms: number) => () => desk.pause((desk.moment.value?.t ?? 0) + ms);
  switch (key) {
    case ' ':
      return () => desk.toggle();
    case 'ArrowLeft':
      return shiftKey ? jump(-JUMP_MS) : () => desk.step(true);
    case 'ArrowRight':
      return shiftKey ? jump(JUMP_MS) : () => desk.step(false);
    case 'l':
    case 'End':
      return () => desk.live();
    default: {
      const view = views[Number(key) - 1];
      return view && (() => panes.show(0, view.id));
    }
  }
};
