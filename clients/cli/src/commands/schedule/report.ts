import { writeFileSync } from 'node:fs';
import { messageOf, OrreryError } from '@orrery/errors';
import { Option, type Command } from 'commander';
import { isPolicyCard, type EvaluatedScenario, type PolicyCard, type ScheduleEvaluation, type SchedulePolicyCard, type ScheduleTraining } from '../../schedule-shapes.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../../session.js';
import { paretoPlot } from '../../view/pareto-plot.js';
import { panelOf, tellEvaluation, tellPolicy, tellPolicyCard } from '../../view/policy-card-view.js';
import { idOf } from './conditions.js';
import { EVALUATIONS } from './evaluate.js';
import { POLICIES } from './policies.js';

interface Options extends ConnectionOptions {
  readonly training?: string;
  readonly evaluation?: string;
  readonly out?: string;
}

/** What is reported: one document, its words, and what can be drawn of it. */
interface Report {
  readonly document: unknown;
  readonly lines: readonly string[];
  readonly scenarios: readonly Pick<EvaluatedScenario, 'words' | 'workload' | 'sequences' | 'figures'>[];
  readonly lambdas: Readonly<Record<string, number>>;
}

export function defineScheduleReport(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('report')
    .summary('show how good a policy is')
    .description('Prints the model card of a policy: what it was made from, every claim with its baseline, its workload and its interval, every scenario, and what it was not tried in. With --out, draws mean completion time against executor-seconds.')
    .argument('[policy]', 'own name of the policy (default: the learned one that serves)')
    .addOption(new Option('--training <id>', 'the report of a training, also of one that was refused').argParser(idOf).conflicts('evaluation'))
    .addOption(new Option('--evaluation <id>', 'the figures of an evaluation').argParser(idOf))
    .option('--out <file>', 'write the plot there, as SVG')
    .action(async (policy: string | undefined, options: Options) => report(policy, options, await openSession(options, surroundings)));
  shareOptions(command, { examples: ['orrery schedule report', 'orrery schedule report learned-3 --out learned-3.svg', 'orrery schedule report --training 0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f', 'orrery schedule report --evaluation 0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f --out plot.svg'] });
}

async function report(policy: string | undefined, options: Options, session: Session): Promise<void> {
  const found = await find(policy, options, session);
  if (session.isJson) session.terminal.document(found.document);
  else for (const line of found.lines) session.terminal.line(line);
  if (options.out !== undefined) draw(found, options.out, session);
}

async function find(policy: string | undefined, { training, evaluation }: Options, { client, terminal }: Session): Promise<Report> {
  const { style, width } = terminal;
  const ofCard = (document: unknown, card: PolicyCard, lines: readonly string[]): Report => ({ document, lines, scenarios: card.scenarios.filter(({ is_stress: isStress }) => !isStress), lambdas: card.lambdas });
  if (evaluation !== undefined) {
    const found = await client.get<ScheduleEvaluation>(`${EVALUATIONS}/${evaluation}`);
    return { document: found, lines: tellEvaluation(found, { style, width }), scenarios: found.result?.scenarios ?? [], lambdas: found.result?.lambdas ?? {} };
  }
  if (training !== undefined) {
    const found = await client.get<ScheduleTraining>(`/api/v1/schedule/trainings/${training}`);
    if (found.card === null) throw new OrreryError('ORRERY_CONFLICT', `training ${training} has no report: ${found.status}${found.message === '' ? '' : `, ${found.message}`}`);
    return ofCard(found, found.card, tellPolicyCard(found.card, { style, width }));
  }
  const found = await client.get<SchedulePolicyCard>(`${POLICIES}/${encodeURIComponent(policy ?? 'learned')}`);
  const lines = tellPolicy(found, { style, width });
  return isPolicyCard(found.card) ? ofCard(found, found.card, lines) : { document: found, lines, scenarios: [], lambdas: {} };
}

function draw({ scenarios, lambdas }: Report, file: string, { terminal }: Session): void {
  if (scenarios.length === 0) throw new OrreryError('ORRERY_CONFLICT', 'there are no figures to draw: `orrery schedule evaluate` makes some');
  try {
    writeFileSync(file, paretoPlot('Mean completion time against executor-seconds', scenarios.map((scenario) => panelOf(scenario, lambdas))));
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', `${file} cannot be written: ${messageOf(cause)}`, { cause });
  }
  terminal.remark(`orrery: the plot is in ${file}`);
}
