import { createHash } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { undatedMonth } from '@orrery/persistence';
import { seededRandom } from '@orrery/stats';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { eventually, specTenantOf, tenantHeader, TestStore } from '@orrery/testing';
import { durationFeatureNames } from '../src/domain/estimate/duration-features.js';
import { predictorMigrations } from '../src/migrations/index.js';
import { modelParts, type ModelOptions, type ModelParts, type PredictorModelConfig } from '../src/models/index.js';

export const modelConfig: PredictorModelConfig = {
  ...{ ORRERY_PREDICTOR_AUTO_TRAINING: false, ORRERY_PREDICTOR_TRAIN_AFTER_EXAMPLES: 300, ORRERY_PREDICTOR_TRAIN_AFTER_HOURS: 24, ORRERY_PREDICTOR_TRAINING_ROWS: 5000, ORRERY_PREDICTOR_RUNTIME: 'off' },
};

@Module({})
class ModelModule {}

type Answer = { readonly status: number; readonly body: any }; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers are compared field by field

/** Examples to insert, a column each; times in Unix ms. */
export interface SpecExample {
  readonly workflowId?: string;
  readonly subject?: 'run' | 'task';
  readonly task?: string;
  readonly run: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly features?: readonly number[];
  readonly failureFeatures?: readonly number[];
  readonly referenceMs?: number;
  readonly durationMs?: number;
  readonly referenceBytes?: number;
  readonly peakMemoryBytes?: number;
  readonly outcome?: string;
  readonly floors?: readonly number[];
}

const minuteMs = 60_000;
const firstMs = Date.UTC(2026, 0, 1);

/** Executions whose duration and memory hang on their first feature by `effect`, else on nothing that is known. */
export function durationExamples(count: number, effect: number, seed = 1): readonly SpecExample[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const input = random.next() * 4 - 2;
    const referenceMs = 1000 * (1 + random.below(50));
    const ratio = Math.exp(effect * input + 0.1 * random.normal());
    const startedAtMs = firstMs + index * 2 * minuteMs;
    return {
      ...{ run: `run ${Math.floor(index / 4)}`, task: 'build', startedAtMs, finishedAtMs: startedAtMs + minuteMs },
      features: durationFeatureNames.map((_name, feature) => (feature === 0 ? input : feature === 1 ? random.next() : Number.NaN)),
      ...{ referenceMs, durationMs: referenceMs * ratio, referenceBytes: 1e9, peakMemoryBytes: 1e9 * ratio },
      floors: [referenceMs * Math.exp(0.1 * random.normal()), referenceMs, referenceMs, Number.NaN],
    };
  });
}

function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/** Models and trainings on a database of their own, and the HTTP service. */
export class ModelsScene {
  private readonly running: ModelParts[] = [];
  private http: HttpService | undefined;
  private exampleCount = 0;

  private constructor(readonly store: TestStore) {}

  static async open(): Promise<ModelsScene> {
    return new ModelsScene(await TestStore.open({ schema: 'predictor', migrations: predictorMigrations }));
  }

  parts(given: Partial<ModelOptions> = {}): ModelParts {
    const timing = { leaseMs: 2000, pollMs: 20, heartbeatMs: 50, championMs: 0 };
    return modelParts({ config: modelConfig, database: this.store.database, logger: createLogger('spec', 'silent'), timing, ...given });
  }

  /** Starts a process that trains. */
  train(given: Partial<ModelOptions> = {}): ModelParts {
    const parts = this.parts(given);
    this.running.push(parts);
    parts.start();
    return parts;
  }

  async stopTraining(): Promise<void> {
    await Promise.all(this.running.splice(0).map((parts) => parts.stop()));
  }

  async serve(): Promise<ModelParts> {
    const parts = this.parts();
    const module: DynamicModule = { module: ModelModule, controllers: [...parts.controllers], providers: [...parts.providers] };
    const logger = createLogger('spec', 'silent');
    this.http = await startHttpService({ module, host: '127.0.0.1', port: 0, logger, telemetry: await startTelemetry({ serviceName: 'spec' }), health: new HealthRegistry(), authenticate: specTenantOf });
    return parts;
  }

  async call(method: string, path: string, { body, tenantId = 'default' }: { readonly body?: unknown; readonly tenantId?: string } = {}): Promise<Answer> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.http?.url}/api/v1/${path}`, { method, ...sent, headers: { [tenantHeader]: tenantId, 'content-type': 'application/json' } });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Asks for a training and waits for its end. */
  async trained(body: object, tenantId = 'default'): Promise<Answer['body']> {
    const { status, body: asked } = await this.call('POST', 'trainings', { body, tenantId });
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(asked)}`);
    let answer = asked;
    await eventually(async () => {
      answer = (await this.call('GET', `trainings/${asked.training_id}`, { tenantId })).body;
      return answer.status !== 'queued' && answer.status !== 'running';
    });
    return answer;
  }

  async addExamples(examples: readonly SpecExample[], tenantId = 'default'): Promise<void> {
    const rows = examples.map((example) => ({
      ...{ tenant_id: tenantId, example_id: uuidOf(`${tenantId} ${this.exampleCount++}`), bucket: undatedMonth, workflow_id: example.workflowId ?? 'w-1', subject: example.subject ?? 'task' },
      ...{ task: example.task ?? '', run_id: uuidOf(example.run), started: example.startedAtMs, finished: example.finishedAtMs },
      ...{ features: arrayText(example.features ?? []), failure_features: arrayText(example.failureFeatures ?? []), floors: arrayText(example.floors ?? []) },
      ...{ reference_ms: example.referenceMs, reference_bytes: example.referenceBytes, duration_ms: example.durationMs, peak_memory_bytes: example.peakMemoryBytes, outcome: example.outcome ?? 'success' },
    }));
    await this.store.admin.query(
      `insert into example (tenant_id, example_id, bucket, workflow_id, subject, task, run_id, started_at, finished_at, features, failure_features, floors, reference_ms, reference_bytes, duration_ms, peak_memory_bytes, outcome)
      select tenant_id, example_id, bucket, workflow_id, subject, task, run_id, to_timestamp(started / 1000), to_timestamp(finished / 1000), features::real[], failure_features::real[], floors::double precision[],
        reference_ms, reference_bytes, duration_ms, peak_memory_bytes, outcome
      from jsonb_to_recordset($1::jsonb) as r (tenant_id text, example_id uuid, bucket date, workflow_id text, subject text, task text, run_id uuid, started double precision, finished double precision,
        features text, failure_features text, floors text, reference_ms double precision, reference_bytes double precision, duration_ms double precision, peak_memory_bytes double precision, outcome text)`,
      [JSON.stringify(rows)],
    );
  }

  /** Forgets all examples, models and trainings. */
  async reset(): Promise<void> {
    await this.stopTraining();
    await this.store.admin.query('truncate example, model, training, training_queue, workflow_state, known_tenant');
  }

  async close(): Promise<void> {
    await this.stopTraining();
    await this.http?.close();
    await this.store.close();
  }
}

function arrayText(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}
