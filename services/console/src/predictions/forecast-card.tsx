import { useMemo, useState, type ReactElement } from 'react';
import type { Forecast } from '../api/prediction-shapes.js';
import { instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { hourChart, type ChartMeasure } from './chart-shapes.js';

const size = { width: 960, height: 180 };

const shownPeaks = 5;

const measures: readonly (readonly [ChartMeasure, string, string])[] = [
  ['arrivals', 'Runs', 'runs an hour'],
  ['load_hours', 'Load', 'hours of work an hour'],
];

/** Runs and load of the days before and of those to come. */
export function ForecastCard({ forecast }: { readonly forecast: Forecast }): ReactElement {
  const [measure, setMeasure] = useState<ChartMeasure>('arrivals');
  const unit = measures.find(([name]) => name === measure)?.[2] ?? '';
  return (
    <section className="card forecast" aria-label="Forecast">
      <div className="toolbar">
        <h2>The week to come</h2>
        <div className="chips" role="group" aria-label="What the chart shows">
          {measures.map(([name, word]) => (
            <button key={name} type="button" className="chip" aria-pressed={measure === name} onClick={() => { setMeasure(name); }}>
              {word}
            </button>
          ))}
        </div>
      </div>
      {forecast.hours.length === 0 ? <p className="muted">Nothing was learned yet of when runs come.</p> : <Chart forecast={forecast} measure={measure} unit={unit} />}
      <Words forecast={forecast} />
    </section>
  );
}

interface ChartProps {
  readonly forecast: Forecast;
  readonly measure: ChartMeasure;
  readonly unit: string;
}

function Chart({ forecast, measure, unit }: ChartProps): ReactElement {
  const chart = useMemo(() => hourChart(forecast, measure, size), [forecast, measure]);
  const most = chart.levels.at(-1)?.value ?? 0;
  return (
    <figure className="hour-chart">
      <svg viewBox={`-44 -8 ${String(size.width + 52)} ${String(size.height + 34)}`} role="img" aria-label={`${unit}, up to ${String(most)}; what was as bars, what is expected as a line, four of five times within the band`}>
        {chart.levels.map(({ y, value }) => (
          <g key={value} className="chart-level">
            <line x1={0} x2={size.width} y1={y} y2={y} />
            <text x={-8} y={y + 4}>{Number(value.toPrecision(3))}</text>
          </g>
        ))}
        {chart.days.map(({ x, label }) => (
          <g key={x} className="chart-day">
            <line x1={x} x2={x} y1={0} y2={size.height + 6} />
            <text x={x + 4} y={size.height + 20}>{label}</text>
          </g>
        ))}
        {chart.bars.map(({ x, y, width, height }) => (
          <rect key={x} className="chart-bar" x={x} y={y} width={width} height={height} />
        ))}
        <path className="chart-band" d={chart.band} />
        <path className="chart-middle" d={chart.middle} />
        <line className="chart-now" x1={chart.nowX} x2={chart.nowX} y1={-4} y2={size.height} />
      </svg>
      <figcaption className="muted">
        {unit[0]?.toUpperCase()}{unit.slice(1)}, UTC. Bars are what was, the line what is expected; four of five hours lie in the band. It begins at {instantText(forecast.as_of)}.
      </figcaption>
    </figure>
  );
}

function Words({ forecast: { peaks, cost, basis } }: { readonly forecast: Forecast }): ReactElement {
  return (
    <div className="forecast-words">
      {peaks.length > 0 && (
        <div>
          <h3>Peaks</h3>
          <ul className="plain-list">
            {peaks.slice(0, shownPeaks).map(({ text }) => (
              <li key={text}>
                <Plain text={text} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {cost !== null && (
        <div>
          <h3>Cost</h3>
          <p>
            <Plain text={cost.text} />
          </p>
        </div>
      )}
      {basis !== null && (
        <p className="muted">
          <Plain text={basis.text} />
        </p>
      )}
    </div>
  );
}
