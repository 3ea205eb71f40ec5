import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useRenewal } from '../anomalies/use-renewal.js';
import { readExperiment } from '../api/schedule-calls.js';
import type { Experiment, ExperimentReport } from '../api/schedule-shapes.js';
import { useRequest } from '../api/use-request.js';
import { durationText } from '../parts/duration.js';
import { Fields } from '../parts/fields.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { ProblemNote } from '../parts/problem-note.js';
import { countText } from '../parts/quantity.js';
import { useNow } from '../parts/use-now.js';
import { ExperimentOutcome } from './experiment-outcome.js';
import { breakerOf, sentence, shareText, statusOf } from './experiment-words.js';
import { ToneMark } from './tone-mark.js';
import { Waiting } from './waiting.js';

interface ExperimentCardProps {
  readonly experiment: Experiment;
  readonly isOpenAtFirst: boolean;
  /** The address names it. */
  readonly isSought: boolean;
}

/** One experiment: what is tried against what, how far it is, and what came of it. */
export function ExperimentCard({ experiment, isOpenAtFirst, isSought }: ExperimentCardProps): ReactElement {
  const { experiment_id: id, name, kind, status, policy, control, scheduler, reason, started_at: startedAt, ended_at: endedAt } = experiment;
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const nowMs = useNow(true, 15_000);
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSought) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isSought]);
  return (
    <li ref={element} className={`card experiment tone-${statusOf(status).tone}`}>
      <div className="experiment-head">
        <ToneMark {...statusOf(status)} />
        <h2>
          <Plain text={name} />
        </h2>
        <time className="muted" dateTime={startedAt} title={instantText(startedAt)}>
          {endedAt === null ? `began ${agoText(startedAt, nowMs)}` : `ended ${agoText(endedAt, nowMs)}`}
        </time>
      </div>
      <p>
        <strong><Plain text={policy} /></strong> {kind === 'shadow' ? 'in shadow, without effect,' : <>against <strong><Plain text={control ?? 'the heuristic'} /></strong></>} on scheduler <Plain text={scheduler} />
      </p>
      {/* What a completed one came to stands in its report too. */}
      {reason !== '' && !(isOpen && status === 'completed') && (
        <p className={status === 'rolled_back' ? 'bad-text' : undefined}>
          <Plain text={sentence(reason)} />
        </p>
      )}
      {isOpen ? <Report id={id} /> : (
        <button type="button" className="quiet" aria-expanded={false} onClick={() => { setIsOpen(true); }}>
          Show what is known of it
        </button>
      )}
    </li>
  );
}

const renewalMs = 10_000;

function Report({ id }: { readonly id: string }): ReactElement {
  const { value, problem, reload } = useRequest(id, (signal) => readExperiment(id, signal));
  useRenewal(value?.status === 'running' && problem === undefined, renewalMs, reload);
  if (value === undefined) return problem === undefined ? <Waiting what="the experiment" /> : <ProblemNote problem={problem} retry={reload} />;
  return (
    <>
      <ExperimentOutcome report={value} />
      <Breaker report={value} />
      <Design report={value} />
    </>
  );
}

function Breaker({ report: { breaker } }: { readonly report: ExperimentReport }): ReactElement {
  const { note, ...mark } = breakerOf(breaker.phase);
  return (
    <p className="breaker">
      <ToneMark {...mark} />
      <span className="muted">
        {note} <Plain text={sentence(breaker.words)} />
      </span>
    </p>
  );
}

function Design({ report: { design, ends_at: endsAt, started_by: by, note, notes, holds_out: holdsOut } }: { readonly report: ExperimentReport }): ReactElement {
  return (
    <details>
      <summary>What was fixed beforehand</summary>
      <Fields
        entries={[
          ['Started by', <Plain key="by" text={by} />],
          ['Note', note === '' ? null : <Plain key="note" text={note} />],
          ['Ends', instantText(endsAt)],
          ...(design === null
            ? []
            : ([
                ['Blocks', `${countText(design.blocks)} of ${durationText(design.block_ms)}; what arrives in the first ${durationText(design.burn_in_ms)} of each does not count`],
                ['Wanted', `at least ${shareText(design.minimum_effect)} shorter mean completion time`],
                ['Rolled back', `when it is longer by more than ${shareText(design.rollback_above)}`],
                ['Held out', `${shareText(design.hold_out)} of the blocks stay with the heuristic${holdsOut ? ', after the end as well' : ''}`],
              ] as const)),
        ]}
      />
      {notes.map((text) => (
        <p key={text} className="muted">
          <Plain text={text} />
        </p>
      ))}
    </details>
  );
}
