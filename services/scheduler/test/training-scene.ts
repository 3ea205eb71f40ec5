import { Module, type DynamicModule } from '@nestjs/common';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { eventually, SpecClient, specTenantOf, TestStore, type SpecAnswer } from '@orrery/testing';
import { baseOf, createLearnedPolicy, readArtifact } from '../src/domain/agents/index.js';
import { schedulerMigrations } from '../src/migrations/index.js';
import { policyParts } from '../src/policies/index.js';
import { SchedulerMetrics } from '../src/scheduler.metrics.js';
import { trainingParts, type TrainingParts, type TrainingPartsOptions } from '../src/training/training-parts.js';

@Module({})
class TrainingModule {}

const logger = createLogger('spec', 'silent');

/** Two kinds of jobs that end within seconds of simulated time. */
export const smallJobs = {
  jobs: [
    { name: 'wide', stages: [{ name: 'split', duration_ms: 2000 }, { name: 'map', tasks: 12, durations_ms: [1000, 3000, 4000], depends_on: ['split'] }, { name: 'merge', duration_ms: 1000, depends_on: ['map'] }] },
    { name: 'narrow', stages: [{ name: 'build', duration_ms: 5000 }, { name: 'test', tasks: 3, durations_ms: [2000, 9000], depends_on: ['build'] }] },
  ],
};

/** The least that can be asked of a training. */
export const smallTraining = { scenario: 'batch', executors: 6, batch_jobs: 5, sequences: 6, generations: 2 };

/** Trainings on a database of their own, with the registry of policies, and their HTTP routes. */
export class TrainingScene extends SpecClient {
  private readonly running: TrainingParts[] = [];

  private constructor(
    readonly store: TestStore,
    private readonly http: HttpService,
    private readonly policies: ReturnType<typeof policyParts>,
  ) {
    super(http.url);
  }

  static async open(): Promise<TrainingScene> {
    const store = await TestStore.open({ schema: 'scheduler', migrations: schedulerMigrations });
    const open = (artifact: unknown) => {
      const read = readArtifact(artifact);
      return { policy: createLearnedPolicy(read), base: baseOf(read), strangeness: undefined };
    };
    const policies = policyParts({ database: store.database, open, metrics: new SchedulerMetrics(), logger, now: Date.now, folder: '/nowhere' });
    const parts = trainingParts({ database: store.database, publisher: policies.registry, logger });
    const module: DynamicModule = { module: TrainingModule, controllers: [...parts.controllers, ...policies.controllers], providers: [...parts.providers, ...policies.providers] };
    const http = await startHttpService({ module, host: '127.0.0.1', port: 0, logger, telemetry: await startTelemetry({ serviceName: 'spec' }), health: new HealthRegistry(), authenticate: specTenantOf });
    return new TrainingScene(store, http, policies);
  }

  /** Starts a process that works off the queue. */
  work(given: Partial<TrainingPartsOptions> = {}): TrainingParts {
    const timing = { leaseMs: 3000, pollMs: 20, heartbeatMs: 50 };
    const parts = trainingParts({ database: this.store.database, publisher: this.policies.registry, logger, timing, ...given });
    this.running.push(parts);
    parts.start();
    return parts;
  }

  async stopWork(): Promise<void> {
    await Promise.all(this.running.splice(0).map((parts) => parts.stop()));
  }

  /** Uploads jobs and says their id. */
  async upload(jobs: unknown = smallJobs, name = 'small', tenantId = 'default'): Promise<string> {
    return (await this.post(`/api/v1/schedule/workloads?name=${name}`, jobs, tenantId)).body.workload_id;
  }

  /** Waits for the end of a training or an evaluation. */
  async ended(path: string, tenantId = 'default'): Promise<SpecAnswer['body']> {
    let answer: SpecAnswer | undefined;
    await eventually(async () => {
      answer = await this.get(`/api/v1/schedule/${path}`, tenantId);
      return !['queued', 'running'].includes(answer.body.status);
    });
    return answer?.body;
  }

  /** Forgets everything. */
  async reset(): Promise<void> {
    await this.stopWork();
    await this.store.admin.query('truncate learning_job, learning_queue, workload, policy, policy_choice, finished_run, known_tenant');
  }

  async close(): Promise<void> {
    await this.stopWork();
    await this.http.close();
    await this.store.close();
  }
}
