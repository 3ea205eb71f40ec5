import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { workflowIdOf } from '@orrery/contracts';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { specTenantOf, tenantHeader, TestStore } from '@orrery/testing';
import { predictorMigrations } from '../src/migrations/index.js';
import { newWorkflowState, type WorkflowState } from '../src/domain/index.js';
import { saveWorkflowStates } from '../src/storage/workflow-state.repository.js';

@Module({})
class SpecModule {}

type Answer = { readonly status: number; readonly body: any }; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers are compared field by field

/** Parts of the predictor on a database of their own, a clock that the spec sets, and the HTTP service. */
export class PartsScene {
  private http: HttpService | undefined;
  nowMs = Date.UTC(2026, 2, 2, 9);

  private constructor(readonly store: TestStore) {}

  static async open(): Promise<PartsScene> {
    return new PartsScene(await TestStore.open({ schema: 'predictor', migrations: predictorMigrations }));
  }

  readonly now = (): number => this.nowMs;

  async serve({ controllers, providers }: { readonly controllers: readonly Type[]; readonly providers: readonly Provider[] }): Promise<void> {
    const module: DynamicModule = { module: SpecModule, controllers: [...controllers], providers: [...providers] };
    const logger = createLogger('spec', 'silent');
    this.http = await startHttpService({ module, host: '127.0.0.1', port: 0, logger, telemetry: await startTelemetry({ serviceName: 'spec' }), health: new HealthRegistry(), authenticate: specTenantOf });
  }

  async call(method: string, path: string, { body, tenantId = 'default' }: { readonly body?: unknown; readonly tenantId?: string } = {}): Promise<Answer> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.http?.url}/api/v1/${path}`, { method, ...sent, headers: { [tenantHeader]: tenantId, 'content-type': 'application/json' } });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Makes a workflow known; returns its id. */
  async know(workflow: string, given: { readonly engine?: string; readonly namespace?: string; readonly tenantId?: string; readonly state?: Partial<WorkflowState>; readonly subject?: 'run' | 'task' } = {}): Promise<string> {
    const { engine = 'github', namespace = 'acme/shop', tenantId = 'default', state = {}, subject = 'task' } = given;
    const workflowId = workflowIdOf({ tenantId, engine, namespace, workflow });
    const stored = { workflowId, subject, workflow: { engine, namespace, workflow }, state: { ...newWorkflowState(), ...state }, learnedAtMs: this.nowMs };
    await this.store.database.forTenant(tenantId, (transaction) => saveWorkflowStates(transaction, tenantId, [stored]));
    return workflowId;
  }

  async reset(): Promise<void> {
    await this.store.admin.query('truncate annotation, prediction_mode, workflow_state, run_progress, history');
  }

  async close(): Promise<void> {
    await this.http?.close();
    await this.store.close();
  }
}
