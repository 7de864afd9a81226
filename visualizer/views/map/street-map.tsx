/**
 * The street map: a canvas that is drawn anew with every moment, moved by pointer, wheel, fingers and
 * keys. What it shows is said in words beside it, for who does not see it.
 */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../shell/icon.tsx';
import type { PaneProps } from '../view.ts';
import { MapLegend } from './legend.tsx';
import { MapSession } from './session.ts';
import { TrafficPanel } from './traffic-panel.tsx';
import { MapWords } from './words.tsx';

export const Pane = ({ desk }: PaneProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const session = useRef<MapSession>(null);
  // Before it is painted: who sees the map and presses a key is heard.
  useLayoutEffect(() => {
    if (!canvas.current) return undefined;
    const opened = new MapSession(desk, canvas.current);
    session.current = opened;
    return () => opened.close();
  }, [desk]);
  const tool = (act: (session: MapSession) => void) => () =>
    session.current && act(session.current);
  return (
    <div class="map">
      <canvas
        ref={canvas}
        tabIndex={0}
        aria-label="Street map. Arrows move, plus and minus zoom, 0 fits, N and P select."
      />
      <MapWords desk={desk} />
      <MapLegend desk={desk} />
      <TrafficPanel desk={desk} />
      <div class="map-tools" role="toolbar" aria-label="Map">
        <button
          type="button"
          title="Zoom in (+)"
          aria-label="Zoom in (+)"
          onClick={tool((map) => map.zoom(1.4))}
        >
          <Icon name="plus" />
        </button>
        <button
          type="button"
          title="Zoom out (−)"
          aria-label="Zoom out (−)"
          onClick={tool((map) => map.zoom(1 / 1.4))}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          title="Fit all (0)"
          aria-label="Fit all (0)"
          onClick={tool((map) => map.fit())}
        >
          <Icon name="fit" />
        </button>
        {desk.source.can('partition') && (
          <button
            type="button"
            title="Part the network: draw a line across the streets (X)"
            aria-label="Part the network"
            onClick={tool((map) => map.beginLine())}
          >
            <Icon name="part" />
          </button>
        )}
      </div>
    </div>
  );
};
