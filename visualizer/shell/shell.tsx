/** The frame around the views: what is looked at on top, panes, what is selected, and time below. */
import type { Desk } from '../desk.ts';
import type { Place } from '../sources/place.ts';
import type { Source } from '../sources/source.ts';
import { useKeys } from './keys.ts';
import { NoticeLine } from './notice-line.tsx';
import { Panes } from './panes.tsx';
import { SidePanel } from './side-panel.tsx';
import { TimeBar } from './time-bar.tsx';
import { TopBar } from './top-bar.tsx';

interface Props {
  readonly desk: Desk;
  readonly go: (place: Place) => void;
  readonly open: (source: Source) => void;
}

export const Shell = ({ desk, go, open }: Props) => {
  useKeys(desk);
  return (
    <div class="shell">
      <TopBar desk={desk} go={go} open={open} />
      <LinkLine desk={desk} />
      <main>
        <Panes desk={desk} />
        <SidePanel desk={desk} />
      </main>
      <TimeBar desk={desk} />
      <NoticeLine desk={desk} />
    </div>
  );
};

/** Said across the page, because what is seen is no longer what is. */
const LinkLine = ({ desk }: { desk: Desk }) => {
  const link = desk.linked.value;
  if (link.state !== 'lost') return null;
  return (
    <p class="link-line" role="alert">
      <strong>Disconnected.</strong> {link.why}. What you see is the last that was heard.
    </p>
  );
};
