import type { ReactElement } from 'react';
import type { Effect, ExperimentProgress, ExperimentReport, ExperimentResult, Shadow, SinceEnd } from '../api/schedule-shapes.js';
import { durationText } from '../parts/duration.js';
import { Plain } from '../parts/plain.js';
import { counted, countText } from '../parts/quantity.js';
import { ChangeBar, reachOf } from './change-bar.js';
import { changeOfRatio, changeText, intervalText, isClear } from './change-words.js';
import { preciseText } from './decision-summary.js';
import { minimumText, noResultText, pText, shareText, verdictOf } from './experiment-words.js';
import { ToneMark } from './tone-mark.js';

/** How far an experiment is and, once its horizon is reached, what came of it. */
export function ExperimentOutcome({ report }: { readonly report: ExperimentReport }): ReactElement {
  const { progress, result, shadow, kind } = report;
  return (
    <>
      {progress !== null && <ProgressPart progress={progress} />}
      {kind === 'switchback' && (result === null ? <p className="muted">{noResultText(report)}</p> : <ResultPart result={result} report={report} />)}
      {progress !== null && progress.since_end !== null && <Since since={progress.since_end} />}
      {shadow !== null && <ShadowPart shadow={shadow} policy={report.policy} />}
    </>
  );
}

function ProgressPart({ progress: { blocks_done: done, blocks, control, treatment, decisions, faults } }: { readonly progress: ExperimentProgress }): ReactElement {
  const said = `${countText(done)} of ${counted(blocks, 'block')}`;
  return (
    <div className="experiment-progress">
      <div className="progress" role="progressbar" aria-label="Progress to the horizon" aria-valuemin={0} aria-valuemax={blocks} aria-valuenow={done} aria-valuetext={said}>
        <span style={{ width: `${String(blocks === 0 ? 0 : (done / blocks) * 100)}%` }} />
      </div>
      <dl className="summary-figures">
        <div>
          <dt>to the horizon</dt>
          <dd>{said}</dd>
        </div>
        <div>
          <dt>runs in control</dt>
          <dd>{armText(control)}</dd>
        </div>
        <div>
          <dt>runs under what is tried</dt>
          <dd>{armText(treatment)}</dd>
        </div>
        <div>
          <dt>its decisions</dt>
          <dd>{countText(decisions)}{faults > 0 && <span className="bad-text"> ({countText(faults)} failed)</span>}</dd>
        </div>
      </dl>
    </div>
  );
}

const armText = ({ runs, unfinished }: ExperimentProgress['control']): string => `${countText(runs)}${unfinished > 0 ? ` (${countText(unfinished)} unfinished)` : ''}`;

function ResultPart({ result, report }: { readonly result: ExperimentResult; readonly report: ExperimentReport }): ReactElement {
  const { verdict, p_value: p, pairs, completion, resource } = result;
  return (
    <div className="experiment-result">
      <ToneMark {...verdictOf(verdict)} />
      {completion === null ? (
        <p className="muted">No pair of blocks had runs on both sides: nothing can be told of an effect.</p>
      ) : (
        <>
          <EffectPart effect={completion} report={report} rest={`${pText(p)}, n = ${counted(pairs, 'pair')} of blocks`} />
          {resource !== null && (
            <p className="muted">
              Task-seconds of a run: {changeText(changeOfRatio(resource), 'executorSeconds')}, 95 % interval {intervalText(changeOfRatio(resource), 'executorSeconds')}.
            </p>
          )}
          <p>{minimumText(result, report.design?.minimum_effect)}</p>
        </>
      )}
    </div>
  );
}

interface EffectPartProps {
  readonly effect: Effect;
  readonly report: ExperimentReport;
  readonly rest: string;
}

function EffectPart({ effect, report: { policy, control, scheduler }, rest }: EffectPartProps): ReactElement {
  const change = changeOfRatio(effect);
  return (
    <>
      <p>
        {!isClear(change) && 'No clear difference: '}
        <strong>{changeText(change, 'completion')}</strong> mean completion time under <Plain text={policy} /> than under <Plain text={control ?? 'the heuristic'} /> on the runs of scheduler <Plain text={scheduler} /> ({durationText(effect.treatment_ms)} against{' '}
        {durationText(effect.control_ms)}), 95 % interval {intervalText(change, 'completion')}, {rest}.
      </p>
      <ChangeBar change={change} measure="completion" reach={reachOf([change])} />
    </>
  );
}

function Since({ since: { held_out: heldOut, others } }: { readonly since: { readonly held_out: SinceEnd; readonly others: SinceEnd } }): ReactElement | null {
  if (heldOut.runs === 0 && others.runs === 0) return null;
  return (
    <p className="muted">
      Since its end: {sinceText(heldOut)} in held-out blocks, {sinceText(others)} in all others. This is told, and not tested.
    </p>
  );
}

const sinceText = ({ runs, completion_ms: completionMs }: SinceEnd): string => `${completionMs === null ? 'nothing' : durationText(completionMs)} mean of ${counted(runs, 'run')}`;

function ShadowPart({ shadow: { decisions, missing, agreement, slot_agreement: slots, latency_ms: latency, predicted }, policy }: { readonly shadow: Shadow; readonly policy: string }): ReactElement {
  const change = predicted === null ? null : changeOfRatio(predicted);
  return (
    <>
      <dl className="summary-figures">
        <div>
          <dt>decisions</dt>
          <dd>{countText(decisions)}{missing > 0 && ` (${countText(missing)} unanswered)`}</dd>
        </div>
        <div>
          <dt>the same as what serves</dt>
          <dd>{agreement === null ? '–' : shareText(agreement)}</dd>
        </div>
        <div>
          <dt>slots the same</dt>
          <dd>{slots === null ? '–' : shareText(slots)}</dd>
        </div>
        {latency !== null && (
          <div>
            <dt>time p50 / p99</dt>
            <dd>{preciseText(latency.p50)} / {preciseText(latency.p99)}</dd>
          </div>
        )}
      </dl>
      {predicted === null || change === null ? (
        <p className="muted">Nothing is predicted before enough runs have ended to be replayed.</p>
      ) : (
        <p>
          By replay, <strong>{changeText(change, 'completion')}</strong> mean completion time under <Plain text={policy} /> than under what serves, 95 % interval {intervalText(change, 'completion')}, n = {counted(predicted.windows, 'window')} of{' '}
          {counted(predicted.runs, 'run')}. A model says so: real durations may depend on who decides.
        </p>
      )}
    </>
  );
}
