import { useState, type ReactElement } from 'react';
import { oursIn, type Scenario } from './model-card.js';
import { ParetoCard } from './pareto-card.js';
import { AgainstTable, FiguresTable } from './scenario-tables.js';

/** Every policy that was tried in a scenario, drawn and in figures; the reader chooses the scenario. */
export function SpeedAndCost({ scenarios }: { readonly scenarios: readonly Scenario[] }): ReactElement | null {
  const [chosen, choose] = useState(0);
  const scenario = scenarios[chosen] ?? scenarios[0];
  if (scenario === undefined) return null;
  const ours = oursIn(scenario);
  return (
    <section className="card" aria-label="Speed against cost">
      <div className="toolbar">
        <h2>Speed against cost</h2>
        {scenarios.length > 1 && (
          <div className="chips" role="group" aria-label="Scenario">
            {scenarios.map(({ name, workload, words }, index) => (
              <button key={`${workload} ${name}`} type="button" className="chip" title={`${workload}, ${words}`} aria-pressed={scenario === scenarios[index]} onClick={() => { choose(index); }}>
                {scenarios.filter((other) => other.name === name).length > 1 ? `${workload}, ${name}` : name}
              </button>
            ))}
          </div>
        )}
      </div>
      <ParetoCard scenario={scenario} ours={ours} />
      <FiguresTable scenario={scenario} ours={ours} />
      <AgainstTable scenario={scenario} ours={ours} />
    </section>
  );
}
