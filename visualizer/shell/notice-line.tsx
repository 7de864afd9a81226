/** What became of the last thing that was done; it goes away by itself. */
import { useEffect } from 'preact/hooks';
import type { Desk } from '../desk.ts';

const SHOWN_MS = 6000;

export const NoticeLine = ({ desk }: { desk: Desk }) => {
  const notice = desk.notice.value;
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(() => {
      desk.notice.value = undefined;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [desk, notice]);
  return (
    <div class="notice-place" role="status">
      {notice && <p class={notice.isBad ? 'notice bad' : 'notice'}>{notice.text}</p>}
    </div>
  );
};
