/** What a view is: a pane that draws the moment that the desk looks at. */
import type { ComponentType } from 'preact';
import type { Desk } from '../desk.ts';

export interface PaneProps {
  readonly desk: Desk;
}

export interface View {
  /** Stands in links. */
  readonly id: string;
  readonly title: string;
  /** Loads the pane when it is first opened, so that the page itself stays small. */
  readonly load: () => Promise<{ Pane: ComponentType<PaneProps> }>;
}
