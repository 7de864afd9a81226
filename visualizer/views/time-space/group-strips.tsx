/** The signal timing strips of all groups of one intersection, on the same axis of time. */
import type { Intersection } from '../../../protocol/district.ts';
import { type Frame, NowLine, scaleOf, TimeAxis } from './axis.tsx';
import { marginOf, type Size } from './diagram.tsx';
import { type Scene, stripsOf } from './scene.ts';
import type { Change } from './strip.ts';
import { Hatching, StripBar } from './strip-bar.tsx';

const ROW_PX = 19;

interface Props {
  readonly intersection: Intersection;
  readonly scene: Scene;
  readonly changes: ReadonlyMap<string, readonly Change[]>;
  readonly size: Size;
}

export const GroupStrips = ({ intersection, scene, changes, size }: Props) => {
  const { id, groups } = intersection;
  const [top, bottom] = [24, 24];
  const height = top + bottom + groups.length * ROW_PX;
  const frame: Frame = { width: size.width, height, left: marginOf(size), right: 10, top, bottom };
  const { span, schedule, nowMs, shownUntilMs } = scene;
  const x = scaleOf(frame, span);
  return (
    <section class="group-strips" aria-label={`Signal timing of ${id}`}>
      <h2>
        {id} <span class="faint">signal timing by group, planned over shown</span>
      </h2>
      <svg width={frame.width} height={height} role="img" aria-label={`Signal groups of ${id}`}>
        <Hatching />
        <clipPath id="group-strips-plot">
          <rect
            x={frame.left}
            y="0"
            width={Math.max(0, x(span.toMs) - frame.left)}
            {...{ height }}
          />
        </clipPath>
        <TimeAxis {...{ frame, span }} cycleStarts={scene.cycleStarts} />
        {groups.map((group, row) => {
          const strips = stripsOf(
            { intersection, groups: [group.id] },
            { changes, schedule, shownUntilMs, known: span },
          );
          const y = top + row * ROW_PX + 8;
          return (
            <g key={group.id} data-group={group.id}>
              <text class="name" x={frame.left - 14} y={y + 8} text-anchor="end">
                {group.id}
              </text>
              <g clip-path="url(#group-strips-plot)">
                <StripBar {...strips} x={x} y={y} isUp={true} />
              </g>
            </g>
          );
        })}
        <NowLine frame={frame} x={x(nowMs)} />
      </svg>
    </section>
  );
};
