/**
 * The page: chooses where journal lines come from, and puts the shell before whoever looks. What is
 * looked at stands in the address, so that it can be shared.
 */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { Desk } from './desk.ts';
import { Shell } from './shell/shell.tsx';
import { applyTheme } from './shell/theme.ts';
import { type Place, placeOf, sourceAt } from './sources/place.ts';
import type { Source } from './sources/source.ts';

const desk = signal<Desk | undefined>(undefined);

/** Looks at another source; the one before is left. */
const open = (source: Source, stillMs?: number): void => {
  desk.value?.close();
  desk.value = new Desk(source, { stillMs });
};

const go = (place: Place): void => {
  const untilMs = place.kind === 'city' ? place.plan.untilMs : 0;
  open(sourceAt(place), untilMs > 0 ? untilMs : undefined);
};

const Page = () => desk.value && <Shell key={desk.value} desk={desk.value} go={go} open={open} />;

applyTheme();
go(placeOf(location));
const root = document.getElementById('page');
if (root) render(<Page />, root);
