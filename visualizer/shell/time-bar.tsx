/** Time: live, stand still, step, look back; how fast; and what can be kept of it. */
import type { Desk } from '../desk.ts';
import type { Note } from '../picture.ts';
import { journalText } from '../sources/file-source.ts';
import { timeText } from '../words.ts';
import { Icon } from './icon.tsx';

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

export const TimeBar = ({ desk }: { desk: Desk }) => {
  const moment = desk.slow.value;
  const mode = desk.mode.value;
  const isStill = mode.kind === 'still';
  return (
    <footer class="time-bar">
      <div class="buttons" role="toolbar" aria-label="Time">
        <button
          type="button"
          title="One event back (←)"
          aria-label="One event back"
          onClick={() => desk.step(true)}
        >
          <Icon name="back" />
        </button>
        <button
          type="button"
          class="play"
          title={isStill ? 'Go on (space)' : 'Stand still (space)'}
          aria-label={isStill ? 'Go on' : 'Pause'}
          onClick={() => desk.toggle()}
        >
          <Icon name={isStill ? 'play' : 'pause'} />
        </button>
        <button
          type="button"
          title="One event on (→)"
          aria-label="One event on"
          onClick={() => desk.step(false)}
        >
          <Icon name="on" />
        </button>
        <button
          type="button"
          class="live"
          aria-pressed={mode.kind === 'live'}
          title="To the present (L)"
          onClick={() => desk.live()}
        >
          <span aria-hidden="true">●</span> {desk.source.kind === 'file' ? 'End' : 'Live'}
        </button>
      </div>
      {moment && <Track desk={desk} />}
      <output class="clock" aria-label="Time">
        {moment ? timeText(moment.t) : '–'}
      </output>
      <select
        aria-label="Speed"
        title="How fast time passes"
        value={String(desk.speed.value)}
        onChange={({ currentTarget }) => desk.setSpeed(Number(currentTarget.value))}
      >
        {SPEEDS.map((times) => (
          <option key={times} value={String(times)}>
            {times} ×
          </option>
        ))}
      </select>
      <Keep desk={desk} />
    </footer>
  );
};

/** The journal as a track: marks where leaders changed and faults were made. */
const Track = ({ desk }: { desk: Desk }) => {
  const moment = desk.slow.value;
  if (!moment) return null;
  const { history, t, picture } = moment;
  const [first, last] = [history.firstMs, Math.max(desk.endMs, history.firstMs + 1)];
  const part = (atMs: number) => ((atMs - first) / (last - first)) * 100;
  const isMarked = ({ kind, t: at }: Note) =>
    at >= first && (kind === 'election' || kind === 'fault' || kind === 'process');
  return (
    <div class="track">
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={timeText(t)}
        min={first}
        max={last}
        step="1"
        value={t}
        onInput={({ currentTarget }) => desk.pause(Number(currentTarget.value))}
      />
      <svg preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden="true">
        {picture.notes.filter(isMarked).map((note) => (
          <line
            key={`${note.t} ${note.text}`}
            class={note.kind}
            x1={part(note.t)}
            x2={part(note.t)}
            y1="0"
            y2="1"
          />
        ))}
      </svg>
    </div>
  );
};

/** What can be taken along. */
const Keep = ({ desk }: { desk: Desk }) => {
  const save = async () => {
    const moment = desk.moment.value;
    if (!moment) return;
    const { history, picture } = moment;
    const contents = await desk.source.allContents?.();
    const file = new Blob([journalText(history.opening(), contents)], {
      type: 'application/x-ndjson',
    });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${picture.name}.jsonl`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const share = async () => {
    const moment = desk.moment.value;
    const link = moment && desk.source.linkTo?.(moment.t);
    if (link === undefined) return;
    history.replaceState(null, '', link);
    const isCopied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    const text = isCopied ? 'The link to this moment is copied.' : 'The address is the link.';
    desk.notice.value = { text, isBad: false };
  };
  return (
    <div class="keep">
      <button type="button" title="Save the journal as JSON lines" onClick={() => void save()}>
        Save
      </button>
      {desk.source.linkTo && (
        <button type="button" title="A link to this very moment" onClick={() => void share()}>
          Link
        </button>
      )}
    </div>
  );
};
