/** What is looked at, whether it is there, who leads, and what else could be looked at. */
import type { Desk } from '../desk.ts';
import { leaderOf } from '../picture.ts';
import { cityPlan } from '../sources/city-link.ts';
import { districtNames, isDistrictName } from '../sources/district-names.ts';
import { FILE_BYTES_MAX, FileSource, readJournal } from '../sources/file-source.ts';
import { isServedLive, livePlace, type Place } from '../sources/place.ts';
import type { Source } from '../sources/source.ts';
import { Icon } from './icon.tsx';
import { KEYS } from './keys.ts';
import { theme, turnTheme } from './theme.ts';

interface Props {
  readonly desk: Desk;
  readonly go: (place: Place) => void;
  readonly open: (source: Source) => void;
}

export const TopBar = ({ desk, go, open }: Props) => (
  <header class="top-bar">
    <h1>
      <svg viewBox="0 0 32 20" width="32" height="20" aria-hidden="true">
        <path d="M2 13c4-12 9-12 14 0s10 10 14 0" />
      </svg>
      Greenwave
    </h1>
    <Summary desk={desk} />
    <span class="room" />
    <SourceMenu desk={desk} go={go} open={open} />
    <button
      type="button"
      title={`Colours: ${theme.value}`}
      aria-label={`Colours: ${theme.value}`}
      onClick={turnTheme}
    >
      <Icon name={theme.value} />
    </button>
    <details class="help">
      <summary title="Keys">?</summary>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key} class="help-row">
            <dt>{key}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  </header>
);

const Summary = ({ desk }: { desk: Desk }) => {
  const link = desk.linked.value;
  const moment = desk.slow.value;
  if (!moment) return <p class="summary">{link.state === 'connecting' ? 'Connecting …' : ''}</p>;
  const { picture } = moment;
  const leader = leaderOf(picture);
  const up = [...picture.nodes.values()].filter(({ standing }) => standing === 'up').length;
  return (
    <p class="summary">
      <strong>{picture.name}</strong>
      <span class="fact">
        {up} of {picture.nodes.size} nodes
      </span>
      <span class={leader ? 'fact leader' : 'fact warn'} data-leader={leader?.node ?? ''}>
        {leader ? `★ ${leader.node} leads, term ${leader.term}` : '… no leader'}
      </span>
    </p>
  );
};

const SourceMenu = ({ desk, go, open }: Props) => {
  const { kind, title } = desk.source;
  const choose = (value: string) => {
    if (value === 'live') go(livePlace(location));
    else if (isDistrictName(value)) {
      const query = new URLSearchParams(location.search);
      query.set('district', value);
      query.delete('t');
      query.delete('done');
      go({ kind: 'city', plan: cityPlan(query) });
    }
  };
  const load = async (file: File | undefined) => {
    if (!file) return;
    try {
      if (file.size > FILE_BYTES_MAX) throw new Error('it is too large for a page');
      open(new FileSource(file.name, readJournal(await file.text(), file.name)));
    } catch (error) {
      const text = `${file.name} cannot be shown: ${(error as Error).message}`;
      desk.notice.value = { text, isBad: true };
    }
  };
  return (
    <div class="source-menu">
      <select
        aria-label="What is looked at"
        value=""
        onChange={({ currentTarget }) => {
          choose(currentTarget.value);
          currentTarget.value = '';
        }}
      >
        <option value="">{title}</option>
        {isServedLive() && kind !== 'live' && <option value="live">The live district</option>}
        <optgroup label="A city in this page">
          {Object.entries(districtNames).map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </optgroup>
      </select>
      <label class="button" title="Open a journal: a file of JSON lines">
        Open
        <input
          type="file"
          class="unseen"
          accept=".jsonl,.json,.ndjson,.log,.txt"
          onChange={({ currentTarget }) => void load(currentTarget.files?.[0])}
        />
      </label>
    </div>
  );
};
