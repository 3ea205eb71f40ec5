import { setImmediate as breathe } from 'node:timers/promises';
import { findRowsByIndex, type Database } from '@orrery/persistence';
import type { MetricName, Observation } from './domain/index.js';
import { RuleTrial, type Trial } from './learning/try-rule.js';
import { findWorkflows } from './storage/baseline.repository.js';
import { latestObservations } from './storage/observation.repository.js';

/** Metrics that a rule can be tried for. */
export const ruleMetrics = ['duration', 'memory', 'queue_time', 'output_size', 'cost', 'input_tokens', 'output_tokens'] as const;

const metricOfWord: Readonly<Record<(typeof ruleMetrics)[number], MetricName>> = {
  duration: 'duration',
  memory: 'memory',
  queue_time: 'queueTime',
  output_size: 'outputSize',
  cost: 'cost',
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
};

const mostObservations = 10_000;
const observationsAtOnce = 250;

export interface PreviewRequest {
  readonly workflow: string;
  readonly task: string | undefined;
  readonly engine: string | undefined;
  readonly metric: (typeof ruleMetrics)[number];
  /** Robust standard deviations. */
  readonly threshold: number;
  readonly sinceMs: number;
}

/** Says what a rule would have flagged. */
export class PreviewService {
  constructor(private readonly database: Database) {}

  /** Tries a rule on the observations that are kept, 10,000 at most, the latest. A workflow that nothing is known of has none. */
  async preview(tenantId: string, request: PreviewRequest): Promise<Trial> {
    const trial = new RuleTrial({ metric: metricOfWord[request.metric], aboveZ: request.threshold });
    const observations = await this.load(tenantId, request);
    for (const [index, observation] of observations.entries()) {
      // Others are answered meanwhile.
      if (index % observationsAtOnce === 0) await breathe();
      trial.add(observation);
    }
    return trial.result();
  }

  private load(tenantId: string, { workflow, task, engine, metric, sinceMs }: PreviewRequest): Promise<readonly Observation[]> {
    // Only tasks have the other measures.
    const subject = task === undefined && (metric === 'duration' || metric === 'queue_time') ? 'run' : 'task';
    return this.database.forTenant(tenantId, async (transaction) => {
      await findRowsByIndex(transaction);
      const found: Observation[] = [];
      for (const place of await findWorkflows(transaction, workflow, engine)) {
        const query = { workflow: { tenantId, workflow, ...place }, subject, task, sinceMs, limit: mostObservations } as const;
        found.push(...(await latestObservations(transaction, query)));
      }
      return found.sort((left, right) => left.observedAtMs - right.observedAtMs).slice(-mostObservations);
    });
  }
}
