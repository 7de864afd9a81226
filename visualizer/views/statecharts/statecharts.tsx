/**
 * Statecharts of any machine of any node, drawn from the machine's own definition: where it is, how
 * it came there, what it hears. They show the moment that is looked at, live or long past.
 */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Moment } from '../../desk.ts';
import { leaderOf } from '../../picture.ts';
import type { PaneProps } from '../view.ts';
import { activeIn } from './activity.ts';
import { Canvas } from './canvas.tsx';
import type { Chart } from './chart.ts';
import { Choice } from './choice.tsx';
import { type CoverageTold, coverageIn, loadCoverage } from './coverage.ts';
import { CoverageFacts } from './coverage-facts.tsx';
import { charts } from './definitions.ts';
import { Facts } from './facts.tsx';
import { valueText } from './implementation-names.ts';
import { lastStepOf } from './last-step.ts';
import { type Layout, layoutOf } from './layout.ts';
import './statecharts.css';

const FIRST = 'election';

/** Kept while other views are looked at. */
const chosen = signal(FIRST);
const isFull = signal(true);
const isCovered = signal(false);

export const Pane = ({ desk }: PaneProps) => {
  const moment = desk.slow.value;
  const chart = charts.find(({ name }) => name === chosen.value) ?? charts[0];
  const told = useCoverage(isCovered.value);
  if (!moment || !chart) return <p class="empty">Nothing is known yet.</p>;
  const node = nodeLookedAt(moment, desk.selection.value.node);
  const value = moment.picture.nodes.get(node)?.machines[chart.name];
  const step = lastStepOf(chart, node, moment);
  const covered = told && coverageIn(chart, told);
  const title = `${chart.name} of ${node}: ${valueText(value) || 'not running'}`;
  return (
    <div class="charts">
      <aside class="chart-side">
        <Choice
          charts={charts}
          picture={moment.picture}
          node={node}
          machine={chart.name}
          isFull={isFull}
          isCovered={isCovered}
          choose={(machine) => {
            chosen.value = machine;
          }}
          select={(id) => {
            const intersection = moment.picture.nodes.get(id)?.intersection;
            desk.selection.value = {
              node: id,
              ...(intersection !== undefined && { intersection }),
            };
          }}
        />
        {covered && (
          <div class="chart-facts">
            <CoverageFacts covered={covered} />
          </div>
        )}
        <Facts desk={desk} moment={moment} chart={chart} node={node} value={value} step={step} />
      </aside>
      <LaidOut chart={chart} isFull={isFull.value}>
        {(layout) => (
          <Canvas
            node={node}
            title={title}
            layout={layout}
            active={activeIn(value)}
            taken={step?.taken ?? []}
            covered={covered}
          />
        )}
      </LaidOut>
    </div>
  );
};

/** Loaded when it is asked for; nothing, while it is not. */
const useCoverage = (isAsked: boolean): readonly CoverageTold[] | undefined => {
  const [told, setTold] = useState<readonly CoverageTold[]>();
  useEffect(() => {
    // Without it the chart is drawn as ever.
    if (isAsked && !told) loadCoverage().then(setTold, () => {});
  }, [isAsked]);
  return isAsked ? told : undefined;
};

/** The selected node, else the leader, else the first. */
const nodeLookedAt = ({ picture }: Moment, selected: string | undefined): string =>
  selected ?? leaderOf(picture)?.node ?? [...picture.nodes.keys()][0] ?? '';

interface LaidOutProps {
  readonly chart: Chart;
  readonly isFull: boolean;
  readonly children: (layout: Layout) => VNode;
}

const LaidOut = ({ chart, isFull, children }: LaidOutProps) => {
  const [made, setMade] = useState<{
    chart: Chart;
    isFull: boolean;
    layout?: Layout;
    why?: string;
  }>();
  useEffect(() => {
    let isWanted = true;
    const set = (what: { layout?: Layout; why?: string }) =>
      isWanted && setMade({ chart, isFull, ...what });
    layoutOf(chart, isFull).then(
      (layout) => set({ layout }),
      (error: Error) => set({ why: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [chart, isFull]);
  // Until the new one is there, the former stands where only names are shown or left out.
  if (!made || made.chart !== chart) return <p class="empty">Laying it out …</p>;
  if (made.why !== undefined) return <p class="empty bad">It cannot be laid out: {made.why}</p>;
  return made.layout ? children(made.layout) : null;
};
