/** One message: who said it to whom, what it came of, what came of it, and what it says. */
import { useEffect, useState } from 'preact/hooks';
import type { JournalLine } from '../../../protocol/journal.ts';
import type { Desk, Moment } from '../../desk.ts';
import { timeText } from '../../words.ts';
import { valueText } from '../statecharts/implementation-names.ts';
import { cameOf, type Effect } from './chain.ts';
import { type Exchange, exchangesOf } from './exchange.ts';

/** How long after a message what came of it is looked for: a disk may be slow. In milliseconds. */
const AFTER_MS = 5_000;
/** How long before the moment that is shown a chosen message is looked for. In milliseconds. */
const BEFORE_MS = 60_000;
const LINES_MAX = 30_000;
const EFFECTS_MAX = 80;

interface Props {
  readonly desk: Desk;
  readonly moment: Moment;
  readonly exchange: Exchange;
  readonly choose: (key: string | undefined) => void;
}

export const Details = ({ desk, moment, exchange, choose }: Props) => {
  const { key, type, from, to, saidMs, bytes, taken, repeated, missed, isOver, cause } = exchange;
  const { history } = moment;
  const lines = history.between(saidMs - 1, saidMs + AFTER_MS, LINES_MAX);
  return (
    <div class="message-details" data-message={key}>
      <section aria-label="Message">
        <h2>{type}</h2>
        <p>
          <b>{from}</b> → <b>{to}</b> <span class="faint">{bytes} bytes</span>
        </p>
        <p>
          <button type="button" class="plain" onClick={() => desk.pause(saidMs)}>
            <time>{timeText(saidMs)}</time>
          </button>
        </p>
        <Arrivals {...{ exchange }} />
        {repeated.length > 0 && (
          <p class="warn">Came twice to {repeated.map(({ node }) => node).join(', ')}.</p>
        )}
        {missed.length > 0 && (
          <p class={isOver ? 'bad' : 'faint'}>
            {isOver ? '✕ Not taken by' : 'On its way to'} {missed.join(', ')}.
          </p>
        )}
        {taken.length === 0 && missed.length === 0 && <p class="faint">Nobody has taken it.</p>}
      </section>
      {exchange.isTold && (
        <>
          <section aria-label="What it came of">
            <h2>It came of</h2>
            <Cause
              {...{ cause, choose, lines: history.between(saidMs - AFTER_MS, saidMs, LINES_MAX) }}
            />
          </section>
          <section aria-label="What it caused">
            <h2>It caused</h2>
            <Effects {...{ choose, saidMs }} effects={cameOf(key, lines)} />
          </section>
        </>
      )}
      <Contents key={key} {...{ desk, exchange }} />
    </div>
  );
};

const Arrivals = ({ exchange: { taken, saidMs } }: { exchange: Exchange }) => (
  <ul class="arrivals">
    {taken.map(({ node, atMs }) => (
      <li key={node}>
        {node} <span class="faint">+{Math.max(0, atMs - saidMs)} ms</span>
      </li>
    ))}
  </ul>
);

interface CauseProps {
  readonly cause: string | undefined;
  readonly choose: (key: string) => void;
  readonly lines: readonly JournalLine[];
}

const Cause = ({ cause, choose, lines }: CauseProps) => {
  if (cause === undefined)
    return <p class="faint">No message: a timer, an input or an operator.</p>;
  const said = lines.find((line) => line.kind === 'said' && `${line.node} ${line.id}` === cause);
  const text = said?.kind === 'said' ? said.type : 'a message';
  return (
    <p>
      <button type="button" class="plain link" onClick={() => choose(cause)}>
        {text} of {cause.split(' ')[0]}
      </button>
    </p>
  );
};

interface EffectsProps {
  readonly effects: readonly Effect[];
  readonly saidMs: number;
  readonly choose: (key: string) => void;
}

const Effects = ({ effects, saidMs, choose }: EffectsProps) => {
  if (effects.length === 0) return <p class="faint">Nothing that was told.</p>;
  const nodes = [...new Set(effects.map(({ node }) => node))];
  return (
    <ol class="effects">
      {nodes.map((node) => (
        <li key={node}>
          <b>{node}</b>
          <ul>
            {effects
              .filter((effect) => effect.node === node)
              .slice(0, EFFECTS_MAX)
              .map((effect, k) => (
                <li key={k}>
                  <span class="faint">+{Math.max(0, effect.t - saidMs)} ms</span>{' '}
                  <EffectText {...{ effect, choose }} />
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  );
};

const EffectText = ({ effect, choose }: { effect: Effect; choose: (key: string) => void }) => {
  if (effect.kind === 'said') {
    return (
      <button
        type="button"
        class="plain link"
        onClick={() => choose(`${effect.node} ${effect.id}`)}
      >
        says {effect.type} to {effect.peer}
      </button>
    );
  }
  if (effect.kind === 'fact')
    return <span title={JSON.stringify(effect.event)}>{effect.event.type}</span>;
  return (
    <span>
      {effect.machine} is <code>{valueText(effect.value)}</code>
    </span>
  );
};

/** The message as it was on the wire: from the journal, or of who still has it. */
const Contents = ({ desk, exchange }: { desk: Desk; exchange: Exchange }) => {
  const { key, type, from, contents } = exchange;
  const [found, setFound] = useState<unknown>();
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    if (contents !== undefined) return;
    void desk.source.contentsOf?.(key).then((told) => {
      setFound(told);
      setAsked(true);
    });
  }, [desk, key, contents]);
  const [incarnation, counter] = (key.split(' ')[1] ?? '').split('.').map(Number);
  const payload = contents ?? found;
  const envelope = { type, sender_id: from, incarnation, counter, payload };
  return (
    <section aria-label="JSON">
      <h2>JSON</h2>
      <pre>{JSON.stringify(envelope, null, 2)}</pre>
      {payload === undefined && isAsked && <p class="faint">What it says is not kept any more.</p>}
      {payload === undefined && !desk.source.contentsOf && (
        <p class="faint">This journal does not tell what messages say (--contents does).</p>
      )}
    </section>
  );
};

/**
 * The chosen message, though it be none of those that are drawn; nor said yet at the moment that is
 * shown, because what a message caused is told before it has.
 */
export const exchangeNamed = (key: string, moment: Moment): Exchange | undefined => {
  const { history, t } = moment;
  const lines = history.between(t - BEFORE_MS, t + AFTER_MS, LINES_MAX);
  const about = lines.filter(
    (line) =>
      !('id' in line) || `${line.kind === 'said' ? line.node : line.peer} ${line.id}` === key,
  );
  const picture = history.at((lines[0]?.t ?? t) - 1);
  return exchangesOf({ picture, lines: about, untilMs: t, wants: () => true })[0];
};
