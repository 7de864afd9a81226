/** What a chart cannot show: its last step, which events it hears now, and its context. */
import { useEffect, useState } from 'preact/hooks';
import type { Desk, Moment } from '../../desk.ts';
import { timeText } from '../../words.ts';
import { activeIn } from './activity.ts';
import { type Chart, eventsOf, triggerText } from './chart.ts';
import { valueText } from './implementation-names.ts';
import type { LastStep } from './last-step.ts';

interface Props {
  readonly desk: Desk;
  readonly moment: Moment;
  readonly chart: Chart;
  readonly node: string;
  readonly value: unknown;
  readonly step: LastStep | undefined;
}

export const Facts = ({ desk, moment, chart, node, value, step }: Props) => {
  const active = activeIn(value);
  const hears = new Set(
    chart.transitions.filter(({ from }) => active.has(from)).map(({ trigger }) => trigger),
  );
  return (
    <div class="chart-facts">
      <section aria-label="Last step">
        <h2>Last step</h2>
        {step ? (
          <>
            <p>
              <button type="button" class="plain" onClick={() => desk.pause(step.atMs)}>
                <time title={`${Math.round(moment.t - step.atMs)} ms before this moment`}>
                  {timeText(step.atMs)}
                </time>
              </button>
            </p>
            <p class="values">
              {valueText(step.from)} <span class="faint">→</span>{' '}
              <strong>{valueText(step.to)}</strong>
            </p>
            <p class="faint" title="A journal has states; by what is told from what came before">
              {[...new Set(step.taken.map(triggerText))].join(' or ')}
            </p>
          </>
        ) : (
          <p class="faint">{value === undefined ? 'It does not run.' : 'None yet.'}</p>
        )}
      </section>
      <section aria-label="Events">
        <h2>Events</h2>
        <ul>
          {eventsOf(chart).map((type) => (
            <li key={type} class={hears.has(type) ? '' : 'faint'}>
              <span aria-hidden="true">{hears.has(type) ? '●' : '○'}</span> {type}
              <span class="unseen">{hears.has(type) ? ' is heard now' : ' is not heard now'}</span>
            </li>
          ))}
        </ul>
      </section>
      <Context desk={desk} moment={moment} node={node} machine={chart.name} />
    </div>
  );
};

interface ContextProps {
  readonly desk: Desk;
  readonly moment: Moment;
  readonly node: string;
  readonly machine: string;
}

/** A context that was asked for this long before the moment is still shown when one stands still. */
const FRESH_MS = 500;

const Context = ({ desk, moment, node, machine }: ContextProps) => {
  const [isOpen, setOpen] = useState(false);
  const [known, setKnown] = useState<{ of: string; atMs: number; text: string }>();
  const of = `${node} ${machine}`;
  const { t } = moment;
  const isNow = moment.isLive || t >= desk.endMs;
  useEffect(() => {
    if (!isOpen || !isNow) return;
    desk.source.contextOf?.(node, machine).then((context) => {
      const text = context === undefined ? 'It does not run.' : JSON.stringify(context, null, 1);
      setKnown({ of, atMs: t, text });
    });
  }, [isOpen, moment, of]);
  const isKnown = known?.of === of && Math.abs(known.atMs - t) < FRESH_MS;
  const why = desk.source.contextOf
    ? 'Shown of the present alone: a journal has no contexts.'
    : 'A journal has states and no contexts.';
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Context</summary>
      {isOpen && <pre>{isKnown ? known.text : why}</pre>}
    </details>
  );
};
