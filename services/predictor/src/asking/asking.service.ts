import { randomUUID } from 'node:crypto';
import { workflowIdOf, type WorkloadKey } from '@orrery/contracts';
import { findRowsByIndex, LatestUsed, type Database, type Transaction } from '@orrery/persistence';
import { historyKeysOf, marksOn, modeOn, type Champions, type HistoryKey, type PredictionMode } from '../domain/index.js';
import { nameWorkflow, type GuidanceReader, type WorkflowGuidance } from '../guidance/index.js';
import type { PredictorMetrics } from '../predictor.metrics.js';
import type { ChampionSource } from '../predictor.service.js';
import { findRun } from '../storage/run-progress.repository.js';
import { answerQuestion, type Answer } from './answer-question.js';
import type { AnswerView } from './answer.view.js';
import { KnownStates } from './known-states.js';
import type { LedgerWriter } from './ledger-writer.js';
import type { Question } from './question.js';

export interface AskingParts {
  readonly database: Database;
  readonly champions: ChampionSource;
  readonly guidance: GuidanceReader;
  readonly ledger: LedgerWriter;
  readonly metrics: PredictorMetrics;
  readonly now: () => number;
}

interface Named {
  readonly question: Question;
  readonly key: WorkloadKey;
  readonly workflowId: string;
  readonly keys: readonly HistoryKey[];
}

const nameFreshMs = 10_000;
const mostNames = 10_000;

/** Answers what engines ask before they start something. */
export class AskingService {
  private readonly known: KnownStates;
  private readonly names = new LatestUsed<{ readonly engine: string; readonly namespace: string; readonly readAtMs: number }>(mostNames);

  constructor(private readonly parts: AskingParts) {
    this.known = new KnownStates(parts.now);
  }

  /**
   * Answers questions, in their order.
   *
   * @throws ORRERY_CONFLICT when an engine and namespace are left out and several workflows have the name; ORRERY_NOT_FOUND when none has.
   */
  async answer(tenantId: string, questions: readonly Question[]): Promise<readonly AnswerView[]> {
    const { champions, ledger, metrics } = this.parts;
    const answers = await metrics.timeAnswer(async () => {
      const serving = await champions.championsOf(tenantId);
      const { named, prefixes, guidance } = await this.read(tenantId, questions);
      return named.map((one) => this.answerOne(one, serving, prefixes, guidance));
    });
    const made = answers.flatMap((answer) => answer.made);
    for (const { target } of made) metrics.countMade(target);
    ledger.add(tenantId, made);
    return answers.map(({ view }) => view);
  }

  private answerOne({ question, key, workflowId, keys }: Named, champions: Champions, prefixes: ReadonlyMap<string, readonly string[]>, guidance: ReadonlyMap<string, WorkflowGuidance>): Answer {
    const { tenantId } = key;
    const { modes = [], marks = [] } = guidance.get(workflowId) ?? {};
    const mode: PredictionMode = modeOn(modes, question.ref_name);
    return answerQuestion(question, {
      ...{ key, workflowId, champions, mode, nowMs: this.parts.now(), nonce: randomUUID() },
      chain: this.known.chainOf(tenantId, keys),
      state: this.known.workflow(tenantId, workflowId, key.subject),
      tasks: this.known.workflow(tenantId, workflowId, 'task'),
      runs: this.known.workflow(tenantId, workflowId, 'run'),
      finishedTasks: question.finished_tasks ?? prefixes.get(question.run_id ?? '') ?? [],
      annotations: marksOn(marks, question.ref_name),
    });
  }

  /** Reads what is not known, in one transaction; none when all is. */
  private async read(tenantId: string, questions: readonly Question[]) {
    const { database } = this.parts;
    const isKnown = questions.every((question) => question.run_id === undefined || question.finished_tasks !== undefined || !question.targets.includes('next_task'));
    const settled = isKnown ? questions.map((question) => this.settled(tenantId, question)) : [];
    const named = settled.flatMap((one) => one ?? []);
    const guided = named.length === questions.length ? this.parts.guidance.known(tenantId, named.map(({ workflowId }) => workflowId)) : null;
    if (guided !== null && questions.length > 0 && this.isRead(tenantId, named)) return { named, prefixes: new Map<string, readonly string[]>(), guidance: guided };
    return await database.forTenant(tenantId, async (transaction) => {
      await findRowsByIndex(transaction);
      const found: Named[] = [];
      for (const question of questions) found.push(await this.name(transaction, tenantId, question));
      await this.known.read(transaction, tenantId, this.known.unknownKeys(tenantId, found.flatMap(({ keys }) => keys)), this.known.unknownWorkflows(tenantId, workflowsOf(found)));
      const prefixes = new Map<string, readonly string[]>();
      for (const runId of new Set(questions.flatMap(({ run_id: id, finished_tasks: told }) => (id === undefined || told !== undefined ? [] : [id])))) {
        prefixes.set(runId, (await findRun(transaction, tenantId, runId))?.progress.tasks.map(({ name }) => name) ?? []);
      }
      return { named: found, prefixes, guidance: await this.parts.guidance.read(transaction, tenantId, found.map(({ workflowId }) => workflowId)) };
    });
  }

  private isRead(tenantId: string, named: readonly Named[]): boolean {
    return this.known.unknownKeys(tenantId, named.flatMap(({ keys }) => keys)).length === 0 && this.known.unknownWorkflows(tenantId, workflowsOf(named)).length === 0;
  }

  /** A question whose workflow is known without asking the database. */
  private settled(tenantId: string, question: Question): Named | undefined {
    const { engine, namespace, workflow } = question;
    if (engine !== undefined && namespace !== undefined) return named(tenantId, question, { engine, namespace });
    const known = this.names.get(JSON.stringify([tenantId, workflow, engine, namespace]));
    return known === undefined || this.parts.now() - known.readAtMs >= nameFreshMs ? undefined : named(tenantId, question, known);
  }

  private async name(transaction: Transaction, tenantId: string, question: Question): Promise<Named> {
    const settled = this.settled(tenantId, question);
    if (settled !== undefined) return settled;
    const { engine, namespace, workflow } = question;
    const only = await nameWorkflow(transaction, { workflow, engine, namespace });
    this.names.set(JSON.stringify([tenantId, workflow, engine, namespace]), { engine: only.engine, namespace: only.namespace, readAtMs: this.parts.now() });
    return named(tenantId, question, only);
  }
}

function named(tenantId: string, question: Question, { engine, namespace }: { readonly engine: string; readonly namespace: string }): Named {
  const { workflow, task, image, command_hash: commandHash, executor_class: executorClass } = question;
  const key: WorkloadKey = { tenantId, subject: task === '' ? 'run' : 'task', engine, namespace, workflow, task, image, commandHash, executorClass };
  return { question, key, workflowId: workflowIdOf({ tenantId, engine, namespace, workflow }), keys: historyKeysOf(key) };
}

function workflowsOf(named: readonly Named[]): readonly { readonly workflowId: string; readonly subject: 'run' | 'task' }[] {
  return named.flatMap(({ workflowId }) => (['task', 'run'] as const).map((subject) => ({ workflowId, subject })));
}
