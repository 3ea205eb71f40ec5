import type { ReactElement } from 'react';
import type { PolicyWithCard } from '../api/schedule-shapes.js';
import { durationText } from '../parts/duration.js';
import { Fields } from '../parts/fields.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { countText } from '../parts/quantity.js';
import { useNow } from '../parts/use-now.js';
import { ClaimList } from './claim-list.js';
import { CommandLine } from './command-line.js';
import { cardOf, type ModelCard } from './model-card.js';
import { StressTable } from './scenario-tables.js';
import { SpeedAndCost } from './speed-and-cost.js';
import { ToneMark } from './tone-mark.js';

/** A policy: whether it serves and since when, what is claimed of it, and on what that rests. */
export function PolicyCard({ policy }: { readonly policy: PolicyWithCard }): ReactElement {
  const card = cardOf(policy.card);
  return (
    <>
      <section className="card policy-card" aria-label={`Policy ${policy.name}`}>
        <Head policy={policy} />
        {policy.fault !== null && (
          <p className="bad-text" role="alert">
            It cannot decide: <Plain text={policy.fault} />
          </p>
        )}
        {card !== null && <ClaimList card={card} />}
        {card === null && policy.kind !== 'heuristic' && <p className="muted">It has no model card: nothing is known of how good it is.</p>}
        {policy.kind === 'heuristic' && policy.serving && <HeuristicServes />}
      </section>
      {card !== null && <CardParts card={card} />}
    </>
  );
}

const origins: Readonly<Record<string, string>> = { heuristic: 'A heuristic: nothing of it was learned.', shipped: 'Comes with the product.', learned: 'Learned here.' };

function Head({ policy: { name, kind, serving, description, chosen, created_at: createdAt } }: { readonly policy: PolicyWithCard }): ReactElement {
  const nowMs = useNow(true, 30_000);
  return (
    <header className="policy-head">
      <div className="toolbar">
        <h2>
          <Plain text={name} />
        </h2>
        <ToneMark word={serving ? 'Serves' : 'Does not serve'} tone={serving ? 'good' : 'calm'} icon={serving ? 'check' : 'dash'} />
        {serving && chosen !== null && (
          <span className="muted">
            since <time dateTime={chosen.at} title={instantText(chosen.at)}>{agoText(chosen.at, nowMs)}</time>
          </span>
        )}
      </div>
      <p>
        {kind === 'heuristic' ? <Plain text={description} /> : (origins[kind] ?? description)}
        {createdAt !== null && <span title={instantText(createdAt)}> Made {agoText(createdAt, nowMs)}.</span>}
        <HowItCame serving={serving} chosen={chosen} />
      </p>
    </header>
  );
}

function HowItCame({ serving, chosen }: Pick<PolicyWithCard, 'serving' | 'chosen'>): ReactElement | null {
  if (chosen === null) return serving ? <span> It has served from the beginning: nobody put another into service.</span> : null;
  return (
    <span>
      {' '}
      Put into service by {chosen.by === 'rule' ? 'the release gate' : <Plain text={chosen.by} />}: <Plain text={chosen.reason} />.
    </span>
  );
}

function HeuristicServes(): ReactElement {
  return (
    <div className="next-step">
      <p>No learned policy serves. One that is trained serves as soon as it is better than the tuned heuristic beyond chance:</p>
      <CommandLine command="npx orrery schedule train" />
    </div>
  );
}

/** What a card rests on: its figures, how the policy stood stress, how it was made, and what it is not. */
export function CardParts({ card }: { readonly card: ModelCard }): ReactElement {
  const main = card.scenarios.filter(({ isStress }) => !isStress);
  const stress = card.scenarios.filter(({ isStress }) => isStress);
  return (
    <>
      {main.length > 0 && <SpeedAndCost scenarios={main} />}
      <StressTable scenarios={stress} />
      <HowItWasMade card={card} />
    </>
  );
}

function HowItWasMade({ card }: { readonly card: ModelCard }): ReactElement {
  const { wallSeconds } = card;
  return (
    <section className="columns" aria-label="How it was made">
      <div className="card">
        <h2>How it was made</h2>
        <Fields
          entries={[
            ['Trained for', card.objective],
            ['Trained on', card.workload],
            ['Stands on', card.standsOn],
            ['How', card.training],
            ['Parameters', countText(card.parameters)],
            ['Generations', countText(card.generations)],
            ['Episodes', countText(card.episodes)],
            ['Seed', card.seed === null ? null : String(card.seed)],
            ['Took', wallSeconds === null ? null : durationText(wallSeconds * 1000)],
            ['Asked for by', card.requestedBy === '' ? null : <Plain text={card.requestedBy} />],
          ]}
        />
      </div>
      <div className="card">
        <h2>What it is not</h2>
        <TextList texts={card.limits} empty="No limits were written down." />
        {card.reasons.length > 0 && <h2>What the release gate said</h2>}
        <TextList texts={card.reasons} empty="" />
      </div>
    </section>
  );
}

function TextList({ texts, empty }: { readonly texts: readonly string[]; readonly empty: string }): ReactElement | null {
  if (texts.length === 0) return empty === '' ? null : <p className="muted">{empty}</p>;
  return (
    <ul className="plain-list dotted">
      {texts.map((text) => (
        <li key={text}>
          <Plain text={text} />
        </li>
      ))}
    </ul>
  );
}
