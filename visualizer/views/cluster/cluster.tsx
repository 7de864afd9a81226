/** The cluster as distributed-systems people read it: each node, what happened, what is agreed. */
import type { PaneProps } from '../view.ts';
import { LogTable } from './log-table.tsx';
import { NodeTable } from './node-table.tsx';
import { NoteList } from './note-list.tsx';

export const Pane = ({ desk }: PaneProps) => {
  const moment = desk.slow.value;
  if (!moment) return <p class="empty">Nothing is known yet.</p>;
  return (
    <div class="cluster">
      <NodeTable desk={desk} moment={moment} />
      <div class="cluster-lists">
        <NoteList desk={desk} moment={moment} />
        <LogTable moment={moment} />
      </div>
    </div>
  );
};
