import { useEffect, type ReactElement } from 'react';
import { useRenewal } from '../anomalies/use-renewal.js';
import { listPolicies } from '../api/schedule-calls.js';
import type { Policy } from '../api/schedule-shapes.js';
import { useRequest } from '../api/use-request.js';
import { ProblemNote } from '../parts/problem-note.js';
import { scheduleAddress } from '../routing/route.js';
import { goTo } from '../routing/use-route.js';
import { DecisionsTab } from '../scheduling/decisions-tab.js';
import { ExperimentsTab } from '../scheduling/experiments-tab.js';
import { PoliciesTab } from '../scheduling/policies-tab.js';
import { scheduleTabs, tabNames, tabOf, type ScheduleTab } from '../scheduling/schedule-tabs.js';
import { TrainingsTab } from '../scheduling/trainings-tab.js';
import { Waiting } from '../scheduling/waiting.js';
import { useTitle } from './use-title.js';

const renewalMs = 15_000;

/** Who decides what starts next, how good that is, what was decided, and what is tried. */
export function SchedulePage({ query }: { readonly query: URLSearchParams }): ReactElement {
  useTitle('Scheduling');
  const { value, problem, reload } = useRequest('policies', listPolicies);
  useRenewal(value !== undefined && problem === undefined, renewalMs, reload);
  const tab = tabOf(query);
  if (problem?.status === 404) return <NotKept />;
  return (
    <div className="page page-schedule">
      <div className="page-head">
        <h1>Scheduling</h1>
      </div>
      <p className="muted lead">Whenever slots are free, a policy decides what starts next. A heuristic stands beside each decision, and decides by itself where the policy must not, cannot, or does not in time.</p>
      <TabList chosen={tab} />
      <div className="tab-panel" role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`}>
        {problem !== undefined && <ProblemNote problem={problem} retry={reload} />}
        {value === undefined && problem === undefined && <Waiting what="the policies" />}
        {value !== undefined && <Panel tab={tab} policies={value.policies} query={query} />}
      </div>
    </div>
  );
}

interface PanelProps {
  readonly tab: ScheduleTab;
  readonly policies: readonly Policy[];
  readonly query: URLSearchParams;
}

function Panel({ tab, policies, query }: PanelProps): ReactElement {
  if (tab === 'decisions') return <DecisionsTab query={query} />;
  if (tab === 'experiments') return <ExperimentsTab query={query} />;
  if (tab === 'trainings') return <TrainingsTab />;
  return <PoliciesTab policies={policies} query={query} />;
}

const addressOf = (tab: ScheduleTab): string => scheduleAddress({ tab: tab === 'policies' ? null : tab });

function TabList({ chosen }: { readonly chosen: ScheduleTab }): ReactElement {
  useEffect(() => {
    // On narrow pages the tabs do not all fit.
    document.getElementById(`tab-${chosen}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);
  return (
    <div
      className="tabs"
      role="tablist"
      aria-label="Views of scheduling"
      onKeyDown={(event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (step === 0) return;
        const next = scheduleTabs.at((scheduleTabs.indexOf(chosen) + step) % scheduleTabs.length) ?? 'policies';
        goTo(addressOf(next), 'replace');
        document.getElementById(`tab-${next}`)?.focus();
      }}
    >
      {scheduleTabs.map((tab) => (
        <a key={tab} id={`tab-${tab}`} role="tab" href={addressOf(tab)} aria-selected={tab === chosen} aria-controls={tab === chosen ? 'panel' : undefined} tabIndex={tab === chosen ? 0 : -1}>
          {tabNames[tab]}
        </a>
      ))}
    </div>
  );
}

function NotKept(): ReactElement {
  return (
    <div className="page page-schedule">
      <div className="empty">
        <h2>This platform schedules nothing</h2>
        <p>It runs without the scheduler.</p>
      </div>
    </div>
  );
}
