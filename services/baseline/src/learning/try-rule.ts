import { robustZ } from '@orrery/stats';
import {
  baselineFor,
  judge,
  learn,
  levelsOf,
  measureOfMetric,
  metricRules,
  wouldFlag,
  workloadKeyOf,
  type BaselineState,
  type LevelState,
  type MetricName,
  type Observation,
} from '../domain/index.js';

export interface TriedRule {
  readonly metric: MetricName;
  readonly aboveZ: number;
}

export interface FlaggedExample {
  readonly runId: string;
  readonly atMs: number;
  readonly actual: number;
  readonly expected: number | null;
  /** In robust standard deviations. */
  readonly deviation: number | null;
}

export interface Trial {
  /** Those that have the metric. */
  readonly observations: number;
  readonly flagged: number;
  readonly flaggedNow: number;
  /** The latest, newest first. */
  readonly examples: readonly FlaggedExample[];
}

const mostExamples = 20;

/** Tries a rule on observations in their order, learning from each as the service would have. */
export class RuleTrial {
  private readonly states = new Map<string, BaselineState>();
  private readonly types: ReadonlySet<string>;
  private readonly examples: FlaggedExample[] = [];
  private observations = 0;
  private flagged = 0;
  private flaggedNow = 0;

  constructor(private readonly rule: TriedRule) {
    this.types = new Set(metricRules.filter(({ metric, side }) => metric === rule.metric && side === 'above').map(({ cause }) => cause));
  }

  add(observation: Observation): void {
    const levels = levelsOf(workloadKeyOf(observation)).map((level) => ({ ...level, state: this.states.get(level.keyId) ?? null }));
    const actual = observation.measures[measureOfMetric[this.rule.metric]];
    if (actual !== null) {
      this.observations += 1;
      if (judge({ levels, thresholds: () => 1 }, observation).findings.some(({ cause }) => this.types.has(cause))) this.flaggedNow += 1;
      if (wouldFlag(this.rule, levels, observation)) this.flag(observation, levels, actual);
    }
    for (const { keyId, state, isSubject } of levels) this.states.set(keyId, learn(state, observation, { isSubject }));
  }

  result(): Trial {
    const { observations, flagged, flaggedNow, examples } = this;
    return { observations, flagged, flaggedNow, examples: [...examples].reverse() };
  }

  private flag({ runId, observedAtMs }: Observation, levels: readonly LevelState[], actual: number): void {
    this.flagged += 1;
    const scale = baselineFor(levels, this.rule.metric)?.scale ?? null;
    const expected = scale?.median ?? null;
    const deviation = scale === null ? null : robustZ(actual, { median: scale.median, mad: 0, floor: scale.deviation });
    this.examples.push({ runId, atMs: observedAtMs, actual, expected, deviation });
    if (this.examples.length > mostExamples) this.examples.shift();
  }
}
