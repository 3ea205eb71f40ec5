import { isPolicyCard, type CardScenario, type Change, type Comparison, type EvaluatedScenario, type Figures, type PolicyCard, type ScheduleEvaluation, type SchedulePolicyCard, type ScheduleTraining } from '../schedule-shapes.js';
import type { PlotPanel, PlotPoint } from './pareto-plot.js';
import { manyLines, oneLine, type Style } from './style.js';
import { layTable, type Column } from './table.js';
import { wrap } from './wrap.js';

interface ViewOptions {
  readonly style: Style;
  readonly width: number;
}

const INDENT = 14;

/** What came of a training, in a few lines. */
export function tellTraining({ name, status, message, card, training_id: id }: ScheduleTraining): string {
  const claims = (card?.claims ?? []).map((claim) => `  ${claim}`);
  const more = card === null ? [] : [`  more: orrery schedule report --training ${id}`];
  return [`${name}: ${status === 'succeeded' ? '' : `${status}: `}${message}`, ...claims, ...more].join('\n');
}

/** A policy with all that is known of it. */
export function tellPolicy(policy: SchedulePolicyCard, options: ViewOptions): readonly string[] {
  const { style } = options;
  const head = `${style.strong(oneLine(policy.name, 100))}  ${policy.kind}${policy.serving ? `, ${style.good('serves')}` : ''}${policy.fault === null ? '' : `  ${style.bad(oneLine(policy.fault, 300))}`}`;
  const chosen = policy.chosen === null ? [] : hang('chosen', `${policy.chosen.at} by ${oneLine(policy.chosen.by, 100)}: ${oneLine(policy.chosen.reason, 300)}`, options);
  if (isPolicyCard(policy.card)) return [head, ...chosen, ...tellPolicyCard(policy.card, options)];
  const card = policy.card === null ? [] : manyLines(JSON.stringify(policy.card, null, 2));
  return [head, ...hang('what', oneLine(policy.description, 400), options), ...chosen, ...card];
}

/** A model card in full. */
export function tellPolicyCard(card: PolicyCard, options: ViewOptions): readonly string[] {
  const { style, width } = options;
  const { training, decision } = card;
  const facts: readonly (readonly [string, string])[] = [
    ['made', `${card.created_at} for ${oneLine(card.requested_by, 100)}${card.training_id === '' ? '' : `, training ${card.training_id}`}`],
    ['objective', oneLine(card.objective.words, 200)],
    ['workload', `${oneLine(card.workload.name, 100)}, ${card.workload.kinds} kinds in ${card.workload.sizes} sizes: ${oneLine(card.workload.words, 300)}`],
    ['training', `seed ${training.seed}, ${training.generations} generations, ${training.episodes} episodes, ${training.parameters} parameters, ${training.wall_seconds} s: ${oneLine(training.words, 400)}`],
    ['stands on', oneLine(card.stands_on, 300)],
    ['decision', `${decision.is_published ? (decision.serves ? 'published, serves' : 'published, waits') : 'refused'}: ${decision.reasons.map((reason) => oneLine(reason, 400)).join('; ')}`],
  ];
  const main = card.scenarios.filter(({ is_stress: isStress }) => !isStress);
  return [
    ...facts.flatMap(([name, words]) => hang(name, words, options)),
    ...card.claims.flatMap((claim, index) => hang(index === 0 ? 'claims' : '', oneLine(claim, 500), options)),
    ...main.flatMap((scenario) => [...tellFigures(scenario, options), '', ...layTable(scenario.against, comparisonColumns(`${card.candidate} AGAINST`), width)]),
    ...tellStress(card, options),
    '',
    ...card.limits.flatMap((limit, index) => hang(index === 0 ? style.faint('limits') : '', oneLine(limit, 400), options)),
  ];
}

/** The figures of an evaluation. */
export function tellEvaluation({ name, status, message, result }: ScheduleEvaluation, options: ViewOptions): readonly string[] {
  if (result === null) return [`${oneLine(name, 60)}: ${status}${message === '' ? '' : `: ${oneLine(message, 500)}`}`];
  return result.scenarios.flatMap((scenario) => {
    const columns: readonly Column<Comparison & { readonly policy: string }>[] = [{ head: 'POLICY', cell: ({ policy }) => oneLine(policy, 40) }, ...comparisonColumns('AGAINST')];
    const tuned = result.tuned[scenario.name];
    return [...tellFigures(scenario, options), ...(tuned === undefined ? [] : hang('tuned', oneLine(tuned, 300), options)), '', ...layTable(scenario.comparisons, columns, options.width), ''];
  });
}

function tellFigures(scenario: Pick<EvaluatedScenario, 'words' | 'workload' | 'sequences' | 'first_seed' | 'last_seed' | 'figures'>, { style, width }: ViewOptions): readonly string[] {
  const { words, workload, sequences, first_seed: first, last_seed: last } = scenario;
  const best = Math.min(...scenario.figures.map(({ mean_completion_s: mean }) => mean ?? Infinity));
  const columns: readonly Column<Figures>[] = [
    { head: 'POLICY', cell: ({ policy }) => oneLine(policy, 40), paint: ({ mean_completion_s: mean }, text) => (mean === best ? style.strong(text) : text) },
    { head: 'MEAN COMPLETION', cell: ({ mean_completion_s: mean, unfinished_jobs: undone }) => (mean === null ? `${undone} jobs undone` : `${mean.toFixed(1)} s`), isRight: true },
    { head: 'P95', cell: ({ p95_completion_s: p95 }) => (p95 === null ? '–' : `${p95.toFixed(1)} s`), isRight: true },
    { head: 'EXECUTOR-SECONDS', cell: ({ executor_seconds: cost }) => cost.toFixed(0), isRight: true },
    { head: 'DECISIONS', cell: ({ decisions }) => decisions.toFixed(0), isRight: true },
    { head: 'P50', cell: ({ decision_p50_us: p50 }) => `${p50.toFixed(0)} µs`, isRight: true },
    { head: 'P99', cell: ({ decision_p99_us: p99 }) => `${p99.toFixed(0)} µs`, isRight: true },
  ];
  return ['', style.strong(`${oneLine(workload, 100)}, ${oneLine(words, 200)}; ${sequences} sequences, seeds ${first} to ${last}`), ...layTable(scenario.figures, columns, width)];
}

function comparisonColumns(head: string): readonly Column<Comparison>[] {
  return [
    { head: oneLine(head, 50), cell: ({ baseline }) => oneLine(baseline, 40) },
    { head: 'MEAN COMPLETION', cell: ({ mean_completion: change }) => changeWords(change), isRight: true },
    { head: 'P95', cell: ({ p95_completion: change }) => changeWords(change), isRight: true },
    { head: 'EXECUTOR-SECONDS', cell: ({ executor_seconds: change }) => changeWords(change), isRight: true },
    { head: 'FASTER IN', cell: ({ mean_completion: { wins } }) => String(wins), isRight: true },
  ];
}

function changeWords({ percent, low, high }: Change): string {
  const signed = (value: number) => `${value > 0 ? '+' : ''}${value.toFixed(1)}`;
  return percent === null || low === null || high === null ? '–' : `${signed(percent)} % (${signed(low)} to ${signed(high)})`;
}

function tellStress({ scenarios }: PolicyCard, { style, width }: ViewOptions): readonly string[] {
  const stressed = scenarios.filter(({ is_stress: isStress }) => isStress);
  if (stressed.length === 0) return [];
  const changeTo = (baseline: string) => ({ against }: CardScenario) => {
    const found = against.find((comparison) => comparison.baseline === baseline);
    return found === undefined ? '–' : changeWords(found.mean_completion);
  };
  const columns: readonly Column<CardScenario>[] = [
    { head: 'UNDER STRESS', cell: ({ name, workload }) => `${oneLine(name, 60)} of ${oneLine(workload, 60)}`, maxWidth: 80 },
    { head: 'N', cell: ({ sequences }) => String(sequences), isRight: true },
    { head: 'AGAINST FAIR', cell: changeTo('fair'), isRight: true },
    { head: 'AGAINST TUNED', cell: changeTo('tuned'), isRight: true },
    { head: '', cell: ({ is_passed: isPassed }) => (isPassed ? 'passed' : 'worse'), paint: ({ is_passed: isPassed }, text) => (isPassed ? style.good(text) : style.bad(text)) },
  ];
  return ['', ...layTable(stressed, columns, width)];
}

function hang(name: string, words: string, { style, width }: ViewOptions): string[] {
  const [first = '', ...rest] = wrap(words, Math.max(40, width - INDENT));
  return [`  ${style.faint(name.padEnd(INDENT - 2))}${first}`, ...rest.map((line) => ' '.repeat(INDENT) + line)];
}

/** What is drawn of a scenario; the title names workload and baselines. */
export function panelOf({ words, workload, sequences, figures }: Pick<EvaluatedScenario, 'words' | 'workload' | 'sequences' | 'figures'>, lambdas: Readonly<Record<string, number>>): PlotPanel {
  const points = figures.flatMap(({ policy, mean_completion_s: completion, executor_seconds: cost }): readonly PlotPoint[] => {
    if (completion === null || completion <= 0 || cost <= 0) return [];
    const lambda = lambdas[policy];
    const label = lambda === undefined ? policy : `${policy}, λ ${lambda}`;
    return [{ label: oneLine(label, 40), kind: lambda !== undefined ? 'learned' : policy === 'tuned' ? 'tuned' : 'heuristic', completion, cost }];
  });
  const baselines = points.filter(({ kind }) => kind !== 'learned').map(({ label }) => label);
  return { title: `${workload}, ${words}, means of ${sequences} sequences; baselines: ${baselines.join(', ')}`, points };
}
