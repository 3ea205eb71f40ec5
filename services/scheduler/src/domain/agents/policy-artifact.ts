import { OrreryError } from '@orrery/errors';
import type { ListRules } from '../heuristics/list-policy.js';
import { listPolicy } from '../heuristics/list-policy.js';
import type { Policy } from '../policy.js';
import type { Observation } from '../state/observation.js';
import { byArrivals } from './by-arrivals.js';
import type { FeatureRange } from './feature-range.js';
import { strangenessIn } from './feature-range.js';
import { layout, localFeatureCount } from './layout.js';
import { LearnedPolicy } from './learned-policy.js';

/** What was made small in training: relative to what the heuristic reaches in the same episode. */
export interface TrainingObjective {
  /** Seconds of mean completion time that one executor-second of a job is worth; 0 where resources are free. */
  readonly lambda: number;
  /** Weight of the 95th percentile of completion times beside their mean. */
  readonly tail: number;
}

/** What a policy was trained on, in words. */
export interface TrainingDescription {
  readonly workloads: readonly string[];
  readonly scenarios: readonly string[];
  readonly episodeCount: number;
  /** How the generation that is kept was chosen. */
  readonly choice: string;
}

/** A heuristic, and what corrects it. */
export interface Expert {
  readonly base: ListRules;
  /** Numbers of 64 bits, little end first, as base64. */
  readonly parameters: string;
}

/** A learned policy as it is kept and shipped: plain JSON. */
export interface PolicyArtifact extends Expert {
  readonly format: 'orrery-policy-1';
  readonly name: string;
  /** Decides in its place while jobs come one by one; absent where one does for all. */
  readonly oneByOne?: Expert;
  readonly generation: number;
  readonly seed: number;
  readonly objective: TrainingObjective;
  readonly training: TrainingDescription;
  /** What agents were told in training, by local feature; absent where nobody looked. */
  readonly seen?: FeatureRange;
}

/** The parameters as an artifact has them: exact to the last bit. */
export function encodeParameters(parameters: Float64Array): string {
  const bytes = new Uint8Array(parameters.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of parameters.entries()) view.setFloat64(index * 8, value, true);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** @throws ORRERY_VALIDATION when they are not {@link layout.parameterCount} finite numbers. */
export function decodeParameters(text: string): Float64Array {
  const bytes = Uint8Array.from(bytesOf(text), (character) => character.charCodeAt(0));
  if (bytes.length !== layout.parameterCount * 8) throw damaged(`expected ${layout.parameterCount * 8} bytes of parameters, got ${bytes.length}`);
  const view = new DataView(bytes.buffer);
  const parameters = Float64Array.from({ length: layout.parameterCount }, (_, index) => view.getFloat64(index * 8, true));
  if (!parameters.every(Number.isFinite)) throw damaged('a parameter is no finite number');
  return parameters;
}

function bytesOf(text: string): string {
  try {
    return atob(text);
  } catch {
    throw damaged('its parameters are no base64');
  }
}

/** Takes JSON for an artifact. @throws ORRERY_VALIDATION when it is none, or a damaged one. */
export function readArtifact(value: unknown): PolicyArtifact {
  const artifact = value as Partial<PolicyArtifact> | null;
  if (typeof artifact !== 'object' || artifact === null || artifact.format !== 'orrery-policy-1') throw damaged('it is no policy of form orrery-policy-1');
  const { name, oneByOne, seen } = artifact;
  if (typeof name !== 'string' || name === '') throw damaged('it has no name');
  for (const expert of oneByOne === undefined ? [artifact] : [artifact, oneByOne]) checkExpert(expert);
  if (seen !== undefined && (!isRange(seen.low) || !isRange(seen.high))) throw damaged('what it saw in training is incomplete');
  return artifact as PolicyArtifact;
}

function checkExpert({ base, parameters }: Partial<Expert>): void {
  if (!isRules(base)) throw damaged('its heuristic is none');
  if (typeof parameters !== 'string') throw damaged('it has no parameters');
  decodeParameters(parameters);
}

function isRules(rules: Partial<ListRules> | undefined): rules is ListRules {
  if (typeof rules !== 'object' || rules === null) return false;
  const { order, shareExponent, shareBy, staysLocal, givesLeftovers, stage } = rules;
  const isOne = (value: unknown, of: readonly unknown[]) => of.includes(value);
  return (
    isOne(order, ['arrival', 'total-work', 'remaining-work']) &&
    isOne(shareBy, ['total-work', 'remaining-work']) &&
    isOne(stage, ['index', 'critical-work']) &&
    isOne(typeof staysLocal, ['boolean']) &&
    isOne(typeof givesLeftovers, ['boolean']) &&
    (shareExponent === null || Number.isFinite(shareExponent))
  );
}

function isRange(values: unknown): boolean {
  return Array.isArray(values) && values.length === localFeatureCount && values.every(Number.isFinite);
}

/**
 * The policy of an artifact.
 *
 * @throws ORRERY_VALIDATION when it is damaged.
 * @example createLearnedPolicy(readArtifact(JSON.parse(text))).decide(observation)
 */
export function createLearnedPolicy(artifact: PolicyArtifact): Policy {
  return forArrivals(artifact.name, artifact, ({ base, parameters }) => new LearnedPolicy(artifact.name, base, decodeParameters(parameters)));
}

/** The heuristic that an artifact corrects, under the name `tuned`. */
export function baseOf(artifact: PolicyArtifact): Policy {
  return forArrivals('tuned', artifact, ({ base }) => listPolicy('tuned', base));
}

function forArrivals(name: string, artifact: PolicyArtifact, policyOf: (expert: Expert) => Policy): Policy {
  const together = policyOf(artifact);
  return artifact.oneByOne === undefined ? together : byArrivals(name, together, policyOf(artifact.oneByOne));
}

/** How many numbers were learned. */
export function parameterCountOf({ oneByOne }: Pick<PolicyArtifact, 'oneByOne'>): number {
  return (oneByOne === undefined ? 1 : 2) * layout.parameterCount;
}

/** Says in words how a state is unlike all that the policy was trained in; undefined where it is not, or where nobody knows. */
export function strangenessOf({ seen }: PolicyArtifact): (observation: Observation) => string | undefined {
  return seen === undefined ? () => undefined : strangenessIn(seen);
}

function damaged(what: string): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', `a learned policy cannot be read: ${what}`);
}
