/** Elections, views, faults and plans up to the moment, the latest first; a click goes there. */
import { useState } from 'preact/hooks';
import type { Desk, Moment } from '../../desk.ts';
import type { NoteKind } from '../../picture.ts';
import { timeText } from '../../words.ts';

/** As many as somebody scrolls through. */
const SHOWN_MAX = 120;

const KINDS: readonly (readonly [NoteKind, string])[] = [
  ['election', '★'],
  ['view', '◎'],
  ['process', '⚙'],
  ['fault', '✕'],
  ['plan', '≡'],
  ['trouble', '!'],
];

export const NoteList = ({ desk, moment }: { desk: Desk; moment: Moment }) => {
  const [hidden, setHidden] = useState<ReadonlySet<NoteKind>>(new Set());
  const { t, picture } = moment;
  const notes = picture.notes.filter(({ kind }) => !hidden.has(kind)).slice(-SHOWN_MAX);
  const turn = (kind: NoteKind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  return (
    <section class="list" aria-label="History">
      <header>
        <h2>History</h2>
        <div class="filters">
          {KINDS.map(([kind, sign]) => (
            <button
              key={kind}
              type="button"
              class="filter"
              aria-pressed={!hidden.has(kind)}
              onClick={() => turn(kind)}
            >
              <span aria-hidden="true">{sign}</span> {kind}
            </button>
          ))}
        </div>
      </header>
      {notes.length === 0 ? (
        <p class="empty">Nothing yet.</p>
      ) : (
        <ol class="scrolled">
          {notes.toReversed().map((note) => (
            <li key={`${note.t} ${note.text}`} class={`note ${note.kind}`}>
              <button type="button" class="plain" onClick={() => desk.pause(note.t)}>
                <time title={`${Math.round(t - note.t)} ms before this moment`}>
                  {timeText(note.t)}
                </time>
                <span class="sign" aria-hidden="true">
                  {KINDS.find(([kind]) => kind === note.kind)?.[1]}
                </span>
                <span class="text">{note.text}</span>
                {note.by > 1 && <span class="faint">× {note.by}</span>}
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};
