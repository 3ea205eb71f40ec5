import type { ReactElement } from 'react';
import { Plain } from '../parts/plain.js';
import { ChangeBar, reachOf } from './change-bar.js';
import { changeText, claimText, toneOf, winsText } from './change-words.js';
import type { Comparison, ModelCard, Scenario } from './model-card.js';

const first = ['tuned', 'fair', 'fifo'];

const rankOf = ({ baseline }: Comparison): number => (first.includes(baseline) ? first.indexOf(baseline) : first.length);

/** What is claimed of a policy: every figure with its baseline, its workload, its interval and its number of sequences. */
export function ClaimList({ card }: { readonly card: ModelCard }): ReactElement | null {
  const main = card.scenarios.filter(({ isStress }) => !isStress);
  if (main.length > 0) {
    return (
      <div className="claims">
        {main.map((scenario) => (
          <ScenarioClaims key={`${scenario.workload} ${scenario.name}`} scenario={scenario} />
        ))}
      </div>
    );
  }
  if (card.claims.length === 0) return null;
  return (
    <ul className="plain-list">
      {card.claims.map((claim) => (
        <li key={claim}>
          <Plain text={claim} />
        </li>
      ))}
    </ul>
  );
}

function ScenarioClaims({ scenario }: { readonly scenario: Scenario }): ReactElement {
  const { against, workload, words, sequences } = scenario;
  const shown = [...against].sort((left, right) => rankOf(left) - rankOf(right));
  const reach = reachOf(shown.map(({ completion }) => completion));
  return (
    <ul className="claim-list">
      {shown.map(({ baseline, completion, executorSeconds }) => {
        const compared = { baseline, place: `${workload}, ${words}`, sequences };
        return (
          <li key={baseline}>
            <strong className={`claim-figure tone-${toneOf(completion)}`}>{changeText(completion, 'completion')}</strong>
            <div>
              <p>
                <Plain text={claimText(completion, { ...compared, measure: 'completion' })} />
              </p>
              <ChangeBar change={completion} measure="completion" reach={reach} />
              <p className="muted">
                <Plain text={[winsText(completion, sequences), costText(executorSeconds)].filter((part) => part !== '').join('; ')} />
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function costText(change: Comparison['executorSeconds']): string {
  if (change.percent === null || change.low === null || change.high === null) return '';
  const signed = (percent: number): string => `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)}`;
  return `${changeText(change, 'executorSeconds')} executor-seconds (95 % interval ${signed(change.low)} to ${signed(change.high)} %)`;
}
