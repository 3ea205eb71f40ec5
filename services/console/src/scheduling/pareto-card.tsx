import { useMemo, type ReactElement } from 'react';
import { useIsNarrow } from '../parts/use-media.js';
import type { Scenario } from './model-card.js';
import { paretoChart, splitFar, type ParetoPoint } from './pareto-shapes.js';

const sizes = { wide: { width: 620, height: 250 }, narrow: { width: 268, height: 240 } };

interface ParetoCardProps {
  readonly scenario: Scenario;
  /** The policy that the card is of. */
  readonly ours: string;
}

/** Mean completion time against executor-seconds, of all policies that were tried in a scenario. */
export function ParetoCard({ scenario, ours }: ParetoCardProps): ReactElement | null {
  const isNarrow = useIsNarrow();
  const size = isNarrow ? sizes.narrow : sizes.wide;
  const { near, far } = useMemo(() => splitFar(scenario.figures), [scenario]);
  const chart = useMemo(() => paretoChart(near, scenario.lambdas, size), [near, scenario, size]);
  if (near.length < 2) return null;
  const said = near.map((one) => `${one.policy}: ${pairText(one)}`).join('; ');
  const top = 28;
  return (
    <figure className="pareto">
      <svg viewBox={`-46 -${String(top)} ${String(size.width + 62)} ${String(size.height + top + 40)}`} role="img" aria-label={`Mean completion time against executor-seconds. ${said}`}>
        <text className="axis-name" x={-40} y={-16}>mean completion time, s</text>
        {chart.rows.map(({ y, value }) => (
          <g key={value} className="pareto-row">
            <line x1={0} x2={size.width} y1={y} y2={y} />
            <text x={-8} y={y + 4}>{value.toLocaleString('en-US')}</text>
          </g>
        ))}
        {chart.columns.map(({ x, value }, index) => (
          <g key={value} className="pareto-column">
            <line x1={x} x2={x} y1={0} y2={size.height} />
            {(!isNarrow || index % 2 === 0) && <text x={x} y={size.height + 17}>{value.toLocaleString('en-US')}</text>}
          </g>
        ))}
        <text className="axis-name axis-end" x={size.width} y={size.height + 34}>executor-seconds a sequence</text>
        <path className="pareto-front" d={chart.front} />
        {chart.points.map((point) => (
          <Point key={point.policy} point={point} isOurs={point.policy === ours} />
        ))}
      </svg>
      <figcaption className="muted">
        Further down is faster, further left cheaper; nothing beats those on the line in both. Diamonds were learned. Workload: {scenario.workload}, {scenario.words}
        {scenario.sequences !== null && `, means over ${String(scenario.sequences)} sequences`}.
        {far.length > 0 && ` Far outside: ${far.map((one) => `${one.policy} (${pairText(one)})`).join(', ')}.`}
      </figcaption>
    </figure>
  );
}

function Point({ point: { words, x, y, label, isOnFront, isLearned, ...told }, isOurs }: { readonly point: ParetoPoint; readonly isOurs: boolean }): ReactElement {
  return (
    <g className={`pareto-point${isOurs ? ' is-ours' : ''}${isOnFront ? ' is-on-front' : ''}`}>
      <title>{`${words}: ${pairText(told)}`}</title>
      {isLearned || isOurs ? <path d={`M${String(x)},${String(y - 7)}l7,7l-7,7l-7,-7z`} /> : <circle cx={x} cy={y} r={4.5} />}
      <text x={label.x} y={label.y} textAnchor={label.anchor}>{words}</text>
    </g>
  );
}

const pairText = ({ meanCompletionSeconds, executorSeconds }: { readonly meanCompletionSeconds: number; readonly executorSeconds: number }): string =>
  `${Number(meanCompletionSeconds.toPrecision(4)).toLocaleString('en-US')} s, ${Math.round(executorSeconds).toLocaleString('en-US')} executor-seconds`;
