import type { ReactElement } from 'react';
import { Icon } from '../parts/icon.js';
import { Plain } from '../parts/plain.js';
import { baselineWords, changeText, claimText, intervalText, isClear, toneOf, unbroken, winsText } from './change-words.js';
import type { Comparison, ModelCard, Scenario } from './model-card.js';

/** What a claim is made against: the heuristic it stands on, and what people know. The table below has all others. */
const claimedAgainst = ['tuned', 'fair', 'fifo'];

/** What is claimed of a policy: every figure with its baseline, its workload, its interval and its number of sequences. */
export function ClaimList({ card }: { readonly card: ModelCard }): ReactElement | null {
  const main = card.scenarios.filter(({ isStress }) => !isStress);
  if (main.length > 0) {
    return (
      <ul className="claims">
        {main.flatMap((scenario) => claimsOf(scenario).map((comparison) => <Claim key={`${scenario.workload} ${scenario.name} ${comparison.baseline}`} scenario={scenario} comparison={comparison} />))}
      </ul>
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

function claimsOf({ against }: Scenario): readonly Comparison[] {
  const claimed = claimedAgainst.flatMap((name) => against.filter(({ baseline }) => baseline === name));
  return claimed.length > 0 ? claimed : against;
}

function Claim({ scenario: { workload, words, sequences }, comparison: { baseline, completion, executorSeconds } }: { readonly scenario: Scenario; readonly comparison: Comparison }): ReactElement {
  const text = unbroken(claimText(completion, { measure: 'completion', baseline, place: `${workload}, ${words}`, sequences }));
  const figure = unbroken(changeText(completion, 'completion'));
  const isFirst = text.startsWith(figure);
  const tone = toneOf(completion);
  return (
    <li className={`tone-${tone}`}>
      <span className="glyph">
        <Icon name={tone === 'good' ? 'check' : tone === 'bad' ? 'bang' : 'dash'} />
      </span>
      <div>
        <p>
          {isFirst && <strong className="claim-figure">{figure}</strong>}
          <Plain text={isFirst ? text.slice(figure.length) : text} />
        </p>
        <p className="muted">
          <Plain text={unbroken([winsText(completion, sequences), costText(executorSeconds, baseline)].filter((part) => part !== '').join('; '))} />
        </p>
      </div>
    </li>
  );
}

function costText(change: Comparison['executorSeconds'], baseline: string): string {
  if (change.percent === null) return '';
  const interval = intervalText(change, 'executorSeconds');
  const doubt = interval === '' ? '' : `, 95 % interval ${interval}`;
  return `${isClear(change) ? '' : 'no clear difference in cost: '}${changeText(change, 'executorSeconds')} executor-seconds than ${baselineWords(baseline)}${doubt}`;
}
