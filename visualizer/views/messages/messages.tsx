/**
 * Messages between nodes as distributed-systems people draw them: a sequence diagram up to the moment
 * that is looked at, with what was lost and what came twice; and of one message, what it says, what
 * it came of and what it caused.
 */
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Moment } from '../../desk.ts';
import { leaderOf } from '../../picture.ts';
import { timeText } from '../../words.ts';
import type { PaneProps } from '../view.ts';
import { Details, exchangeNamed } from './details.tsx';
import { Filter } from './filter.tsx';
import { MessageWords } from './message-words.tsx';
import { NodeHeads } from './node-heads.tsx';
import { type Scene, sceneOf } from './scene.ts';
import { frameOf, Sequence } from './sequence.tsx';
import './messages.css';

/** Signs of life and comparisons of clocks, of which there are hundreds to each other message. */
const ROUTINE: readonly string[] = [
  ...['detector.beat', 'detector.pulse', 'detector.probe', 'detector.alive'],
  ...['timekeeper.ask', 'timekeeper.tell'],
  ...['membership.announce', 'lease.renew', 'lease.grant'],
];

/** Kept while other views are looked at. */
const hidden = signal<ReadonlySet<string>>(new Set(ROUTINE));
const chosen = signal<string | undefined>(undefined);

export const Pane = ({ desk }: PaneProps) => {
  const moment = desk.slow.value;
  if (!moment) return <p class="empty">Nothing is known yet.</p>;
  const key = chosen.value;
  const wanted = { hidden: hidden.value, chosen: key, node: desk.selection.value.node };
  const scene = sceneOf(moment, wanted);
  const exchange =
    key === undefined
      ? undefined
      : (scene.exchanges.find((one) => one.key === key) ?? exchangeNamed(key, moment));
  const choose = (next: string | undefined) => {
    chosen.value = next;
  };
  return (
    <div class="messages">
      <div class="messages-main">
        <Filter counts={scene.counts} hidden={hidden} routine={ROUTINE} />
        <Drawn {...{ desk, moment, scene, choose }} chosen={key} />
        <Legend />
      </div>
      {exchange && (
        <aside class="messages-side" aria-label="The chosen message">
          <button type="button" class="close" onClick={() => choose(undefined)}>
            Close
          </button>
          <Details {...{ desk, moment, exchange, choose }} />
        </aside>
      )}
    </div>
  );
};

interface DrawnProps extends PaneProps {
  readonly moment: Moment;
  readonly scene: Scene;
  readonly chosen: string | undefined;
  readonly choose: (key: string | undefined) => void;
}

const Drawn = ({ desk, moment, scene, chosen, choose }: DrawnProps) => {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  useChoice(place, scene, { chosen, choose });
  const { exchanges } = scene;
  const last = exchanges.at(-1)?.key;
  // biome wants to know on what it depends: on what is last, and on what is looked at.
  useLayoutEffect(() => {
    const { current } = place;
    if (last !== undefined && current && chosen === undefined)
      current.scrollTop = current.scrollHeight;
  }, [last, chosen]);
  const frame = frameOf(scene, width);
  return (
    <div class="sequence-place" ref={place}>
      {width > 0 && (
        <>
          <NodeHeads {...{ desk, scene, frame }} picture={moment.picture} />
          {exchanges.length === 0 ? (
            <p class="empty">
              No message of these types in the minute before {timeText(moment.t)}.
            </p>
          ) : (
            <Sequence {...{ scene, frame, chosen, timeText }} />
          )}
        </>
      )}
      <MessageWords exchanges={exchanges} leader={leaderOf(moment.picture)?.node} />
    </div>
  );
};

/** What room there is; 0 until it is known. */
const useWidth = (place: { current: HTMLElement | null }): number => {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = place;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [place]);
  return width;
};

interface Choice {
  readonly chosen: string | undefined;
  readonly choose: (key: string | undefined) => void;
}

/** A message is chosen by a click, or by the arrow keys while the drawing has the focus. */
const useChoice = (
  place: { current: HTMLElement | null },
  { exchanges }: Scene,
  { chosen, choose }: Choice,
): void => {
  useEffect(() => {
    const { current } = place;
    if (!current) return undefined;
    // It is a picture in which keys choose, so it takes the focus.
    current.tabIndex = 0;
    current.setAttribute('role', 'group');
    current.setAttribute('aria-label', 'Messages. Arrows up and down choose one.');
    const step = (by: number) => () => {
      const at = exchanges.findIndex(({ key }) => key === chosen);
      const next = at < 0 ? exchanges.at(-1) : exchanges[at + by];
      if (next) choose(next.key);
    };
    const keys: Record<string, () => void> = {
      ArrowUp: step(-1),
      ArrowDown: step(1),
      Escape: () => choose(undefined),
    };
    const press = (event: KeyboardEvent) => {
      const act = keys[event.key];
      if (!act || event.target !== current) return;
      event.preventDefault();
      act();
    };
    const click = ({ target }: MouseEvent) => {
      const found = target instanceof Element ? target.closest('[data-key]') : null;
      choose(found?.getAttribute('data-key') ?? undefined);
    };
    const drawing = current;
    drawing.addEventListener('keydown', press);
    drawing.addEventListener('click', click);
    return () => {
      drawing.removeEventListener('keydown', press);
      drawing.removeEventListener('click', click);
    };
  }, [place, exchanges, chosen, choose]);
};

const Legend = () => (
  <ul class="messages-legend">
    <li>● said</li>
    <li>▶ taken</li>
    <li>▶▶ came twice, dropped</li>
    <li class="bad">✕ lost, or not taken</li>
    <li class="faint">┄ may still come</li>
    <li class="leads">★ leads from here on</li>
  </ul>
);
