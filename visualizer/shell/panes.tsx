/**
 * One pane, or two side by side, each with the view that its tabs choose. Which views are open
 * stands in the address.
 */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Desk } from '../desk.ts';
import type { PaneProps, View } from '../views/view.ts';
import { views } from '../views/views.ts';
import { Icon } from './icon.tsx';

const PANES_MAX = 2;

const openIds = signal<readonly string[]>(
  (new URLSearchParams(location.hash.slice(1)).get('view') ?? views[0]?.id ?? '')
    .split('+')
    .filter((id) => views.some((view) => view.id === id))
    .slice(0, PANES_MAX),
);

const set = (ids: readonly string[]): void => {
  openIds.value = ids;
  history.replaceState(null, '', `#view=${ids.join('+')}`);
};

export const panes = {
  show: (place: number, id: string) => set(openIds.value.map((was, k) => (k === place ? id : was))),
  /** Another pane, with a view that is not open. */
  split: () => {
    const other = views.find(({ id }) => !openIds.value.includes(id));
    if (other) set([...openIds.value, other.id]);
  },
  close: (place: number) => set(openIds.value.toSpliced(place, 1)),
};

export const Panes = ({ desk }: { desk: Desk }) => {
  if (openIds.value.length === 0) set([views[0]?.id ?? '']);
  const { value: ids } = openIds;
  const place = useRef<HTMLDivElement>(null);
  const shown = ids.join(' ');
  // On a phone not all tabs are in sight; biome wants to know that it depends on which are chosen.
  useEffect(() => {
    if (shown === '') return;
    for (const tab of place.current?.querySelectorAll('[aria-selected=true]') ?? [])
      tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  return (
    <div class="panes" ref={place}>
      {ids.map((id, place) => (
        <section key={place} class="pane" aria-label={views.find((view) => view.id === id)?.title}>
          <div class="tabs" role="tablist">
            {views.map((view, k) => (
              <button
                key={view.id}
                type="button"
                role="tab"
                aria-selected={view.id === id}
                title={place === 0 ? `${view.title} (${k + 1})` : view.title}
                onClick={() => panes.show(place, view.id)}
              >
                {view.title}
              </button>
            ))}
            <span class="room" />
            {ids.length < PANES_MAX ? (
              <button
                type="button"
                class="split"
                title="A second pane"
                aria-label="A second pane"
                onClick={panes.split}
              >
                <Icon name="split" />
              </button>
            ) : (
              <button
                type="button"
                title="Close this pane"
                aria-label="Close this pane"
                onClick={() => panes.close(place)}
              >
                <Icon name="close" />
              </button>
            )}
          </div>
          <div class="pane-body" role="tabpanel">
            <Opened view={views.find((view) => view.id === id)} desk={desk} />
          </div>
        </section>
      ))}
    </div>
  );
};

type Loaded = { view: View; Pane: ComponentType<PaneProps> } | { view: View; why: string };

const Opened = ({ view, desk }: { view: View | undefined; desk: Desk }) => {
  const [loaded, setLoaded] = useState<Loaded>();
  useEffect(() => {
    view?.load().then(
      ({ Pane }) => setLoaded({ view, Pane }),
      (error: Error) => setLoaded({ view, why: error.message }),
    );
  }, [view]);
  if (!loaded || loaded.view !== view) return <p class="empty">Loading …</p>;
  if ('why' in loaded) return <p class="empty bad">This view cannot be loaded: {loaded.why}</p>;
  return <loaded.Pane desk={desk} />;
};
