import path from 'node:path';
import { isOrreryError } from '@orrery/errors';
import { dataFolder } from './baseline/evaluation-data.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';
import { linear, ours, percentile, presets, tovar, type SizingRule } from './memory/sizing-rules.js';
import { readWorkflows, type TracedWorkflow } from './memory/sizey-data.js';
import { wastageOf, type Wastage } from './memory/wastage.js';

// Memory sizes of a workflow's tasks, learned as it runs: what is wasted, failures included, beside what is usual. The mean over seeds.

// Of the baselines' wastage, as Sizey's own median improvement has it: 24.68 % less.
const barShare = 0.7532;
const rules: Readonly<Record<string, () => SizingRule>> = { ours: () => ours(), presets, percentile, linear, tovar };

const rounded = (value: number): number => Number(value.toFixed(4));

function workflowsOrEnd(folder: string): TracedWorkflow[] {
  try {
    return readWorkflows(folder);
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}

function judged(workflow: TracedWorkflow, seeds: readonly number[]) {
  const results = Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, seeds.map((seed) => wastageOf(workflow, rule, seed))])) as Record<string, Wastage[]>;
  const wastage = (name: string): number => rounded(meanOf(results[name]!.map(({ wastageGbH }) => wastageGbH)));
  const failures = (name: string): number => rounded(meanOf(results[name]!.map((one) => one.failures)));
  const best = Math.min(...['presets', 'percentile', 'linear', 'tovar'].map(wastage));
  return {
    workflow: workflow.name,
    wastage_gbh: wastage('ours'),
    failures: failures('ours'),
    presets_gbh: wastage('presets'),
    percentile_gbh: wastage('percentile'),
    linear_gbh: wastage('linear'),
    tovar_gbh: wastage('tovar'),
    best_baseline_gbh: best,
    share_of_best: rounded(wastage('ours') / best),
    worst_seed_share_of_best: rounded(Math.max(...seeds.map((_, index) => results.ours![index]!.wastageGbH / Math.min(...['presets', 'percentile', 'linear', 'tovar'].map((name) => results[name]![index]!.wastageGbH))))),
    deviation_gbh: rounded(deviationOf(results.ours!.map(({ wastageGbH }) => wastageGbH))),
    percentile_failures: failures('percentile'),
    tovar_failures: failures('tovar'),
    processes: workflow.processes.length,
    executions: results.ours![0]!.executions,
  };
}

const options = parseOptions('memory', { data: { type: 'string' }, seeds: { type: 'string', default: '10' } });
const workflows = workflowsOrEnd(path.join(dataFolder(options.data), 'mem-sizey'));
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);
const startedAtMs = performance.now();
const rows = workflows.map((workflow) => {
  progress(`${workflow.name}: ${workflow.processes.length} processes`);
  return judged(workflow, seeds);
});
report(rows, {
  bench: 'memory',
  workflows: rows,
  bar_share: barShare,
  below_bar: rows.filter((row) => row.share_of_best < barShare).length,
  above_baseline: rows.filter((row) => row.share_of_best > 1).length,
  seeds: seeds.length,
  seconds: rounded((performance.now() - startedAtMs) / 1000),
});
