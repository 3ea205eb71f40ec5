import { useState, type ReactElement, type ReactNode } from 'react';
import { readEvaluation, readTraining } from '../api/schedule-calls.js';
import type { Evaluation, Training } from '../api/schedule-shapes.js';
import { useRequest, type Request } from '../api/use-request.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { ProblemNote } from '../parts/problem-note.js';
import { useNow } from '../parts/use-now.js';
import { scheduleAddress } from '../routing/route.js';
import { ClaimList } from './claim-list.js';
import { policyName } from './decision-words.js';
import { sentence } from './experiment-words.js';
import { cardOf, evaluatedOf, type ModelCard } from './model-card.js';
import { CardParts } from './policy-card.js';
import { SpeedAndCost } from './speed-and-cost.js';
import { ToneMark } from './tone-mark.js';
import { isUnderWay, jobStatusOf, progressText, requestText } from './training-words.js';
import { Waiting } from './waiting.js';

interface TrainingCardProps {
  readonly training: Training;
  readonly isOpenAtFirst: boolean;
}

/** One training: how far it is, what it published, and its report. */
export function TrainingCard({ training, isOpenAtFirst }: TrainingCardProps): ReactElement {
  const { training_id: id, status, policy } = training;
  return (
    <JobCard job={training} hasReport={status === 'succeeded' || status === 'refused'} isOpenAtFirst={isOpenAtFirst} report={<TrainingReport id={id} />}>
      {policy !== null && (
        <p>
          It made <a href={scheduleAddress({ policy: policyName(policy) })}><Plain text={policyName(policy)} /></a>.
        </p>
      )}
    </JobCard>
  );
}

interface EvaluationCardProps {
  readonly evaluation: Evaluation;
  readonly isOpenAtFirst: boolean;
}

/** One evaluation: how far it is, and its figures. */
export function EvaluationCard({ evaluation, isOpenAtFirst }: EvaluationCardProps): ReactElement {
  return <JobCard job={evaluation} hasReport={evaluation.status === 'succeeded'} isOpenAtFirst={isOpenAtFirst} report={<EvaluationReport id={evaluation.evaluation_id} />} />;
}

interface JobCardProps {
  readonly job: Training | Evaluation;
  readonly hasReport: boolean;
  readonly isOpenAtFirst: boolean;
  /** Is made only once it is opened. */
  readonly report: ReactElement;
  readonly children?: ReactNode;
}

function JobCard({ job, hasReport, isOpenAtFirst, report, children }: JobCardProps): ReactElement {
  const { name, status, requested_at: requestedAt, requested_by: by, finished_at: finishedAt, request, progress, message } = job;
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const nowMs = useNow(true, 15_000);
  return (
    <li className="card experiment">
      <div className="experiment-head">
        <ToneMark {...jobStatusOf(status)} />
        <h3>
          <Plain text={name} />
        </h3>
        <time className="muted" title={instantText(finishedAt ?? requestedAt)} dateTime={finishedAt ?? requestedAt}>
          {finishedAt === null ? `asked for ${agoText(requestedAt, nowMs)}` : `ended ${agoText(finishedAt, nowMs)}`}
        </time>
      </div>
      <p className="muted">
        <Plain text={requestText(request)} />, by <Plain text={by} />
      </p>
      {isUnderWay(status) && progress !== null && <Progress progress={progress} />}
      {message !== '' && <p className={status === 'failed' ? 'bad-text' : undefined}><Plain text={sentence(message)} /></p>}
      {children}
      {hasReport && (isOpen ? report : (
        <button type="button" className="quiet" aria-expanded={false} onClick={() => { setIsOpen(true); }}>
          Show its figures
        </button>
      ))}
    </li>
  );
}

function Progress({ progress }: { readonly progress: NonNullable<Training['progress']> }): ReactElement {
  const said = progressText(progress);
  return (
    <div className="experiment-progress">
      <div className="progress" role="progressbar" aria-label="Progress" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(progress.share * 100)} aria-valuetext={said}>
        <span style={{ width: `${String(progress.share * 100)}%` }} />
      </div>
      <p>{said}</p>
      {progress.words !== '' && <p className="muted"><Plain text={progress.words} /></p>}
    </div>
  );
}

function TrainingReport({ id }: { readonly id: string }): ReactElement | null {
  const request = useRequest(id, (signal) => readTraining(id, signal));
  const card = cardOf(request.value?.card);
  if (request.value === undefined) return <Missing request={request} />;
  return card === null ? <p className="muted">Its report is not there.</p> : <Report card={card} />;
}

function Report({ card }: { readonly card: ModelCard }): ReactElement {
  return (
    <div className="report">
      <ClaimList card={card} />
      <CardParts card={card} />
    </div>
  );
}

function EvaluationReport({ id }: { readonly id: string }): ReactElement | null {
  const request = useRequest(id, (signal) => readEvaluation(id, signal));
  if (request.value === undefined) return <Missing request={request} />;
  const scenarios = evaluatedOf(request.value.result);
  return scenarios.length === 0 ? <p className="muted">Its figures are not there.</p> : <div className="report"><SpeedAndCost scenarios={scenarios} /></div>;
}

function Missing({ request: { problem, reload } }: { readonly request: Pick<Request<unknown>, 'problem' | 'reload'> }): ReactElement {
  return problem === undefined ? <Waiting what="the figures" /> : <ProblemNote problem={problem} retry={reload} />;
}
