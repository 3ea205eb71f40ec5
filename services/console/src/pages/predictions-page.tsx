import { type ReactElement } from 'react';
import { listModels, readAccuracy, readForecast } from '../api/prediction-calls.js';
import type { Accuracy, Forecast } from '../api/prediction-shapes.js';
import { useRequest, type Request } from '../api/use-request.js';
import { ProblemNote } from '../parts/problem-note.js';
import { AccuracyTables } from '../predictions/accuracy-tables.js';
import { ForecastCard } from '../predictions/forecast-card.js';
import { ModelTable } from '../predictions/model-table.js';
import { ScoreCard } from '../predictions/score-card.js';
import { changeQuery } from '../routing/use-route.js';
import { TextFilter } from './filter-bar.js';
import { useTitle } from './use-title.js';

/** How good predictions were, and what is to come. */
export function PredictionsPage({ query }: { readonly query: URLSearchParams }): ReactElement {
  useTitle('Predictions');
  const workflow = query.get('workflow') ?? '';
  const accuracy = useRequest(workflow, (signal) => readAccuracy(workflow, signal));
  const forecast = useRequest(workflow, (signal) => readForecast(workflow, signal));
  const models = useRequest('models', listModels);
  return (
    <div className="page page-anomalies page-predictions">
      <div className="page-head">
        <h1>Predictions</h1>
      </div>
      <p className="muted lead">Every run and task is predicted from what was known when it began, and held against what really happened. Plain rules stand beside it, so that nobody has to believe it.</p>
      <div className="filters" role="search">
        <TextFilter value={workflow} label="Workflow" placeholder="All workflows" choices={(accuracy.value?.workflows ?? []).map(({ workflow: name }) => name)} change={(text) => { changeQuery({ workflow: text }); }} />
      </div>
      <AccuracyPart request={accuracy} />
      <ForecastPart request={forecast} workflow={workflow} />
      {models.value !== undefined && models.value.items.length > 0 && <ModelTable models={models.value.items} />}
    </div>
  );
}

function AccuracyPart({ request: { value, problem, isLoading, reload } }: { readonly request: Request<Accuracy> }): ReactElement {
  if (value === undefined) {
    if (problem?.status === 404) return <NotKept />;
    return problem === undefined ? <Waiting isBusy={isLoading} /> : <ProblemNote problem={problem} retry={reload} />;
  }
  if (value.scored === 0) {
    return (
      <div className="empty">
        <h2>Nothing was scored yet</h2>
        <p>A prediction is scored when what it was made for ends. Orrery makes one for every run and every task.</p>
      </div>
    );
  }
  return (
    <>
      <ScoreCard accuracy={value} />
      <AccuracyTables accuracy={value} />
    </>
  );
}

function ForecastPart({ request: { value, problem, isLoading, reload }, workflow }: { readonly request: Request<Forecast>; readonly workflow: string }): ReactElement | null {
  if (value !== undefined) return <ForecastCard forecast={value} />;
  // A workflow of which nothing was heard for long has no forecast; its accuracy is told above.
  if (problem?.status === 404) return workflow === '' ? null : <p className="muted">Nothing was heard of this workflow for weeks: there is no forecast of it.</p>;
  return problem === undefined ? <Waiting isBusy={isLoading} /> : <ProblemNote problem={problem} retry={reload} />;
}

function NotKept(): ReactElement {
  return (
    <div className="empty">
      <h2>This platform makes no predictions</h2>
      <p>It runs without the predictor.</p>
    </div>
  );
}

function Waiting({ isBusy }: { readonly isBusy: boolean }): ReactElement {
  return (
    <div className="waiting" aria-busy={isBusy} aria-label="Reading the predictions">
      <div className="shimmer shimmer-card" />
    </div>
  );
}
