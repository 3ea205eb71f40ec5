import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { eventIdOf, ExecutionRecordSchema, recordIdOf, runIdOf, taskIdOf, type ExecutionRecord } from '@orrery/contracts';

type Statements = Omit<MessageInitShape<typeof ExecutionRecordSchema>, 'recordId' | 'tenantId' | 'runId' | '$typeName' | '$unknown'>;

/** 2024-05-01T12:00:00Z and some seconds, in Unix ms. */
export const at = (seconds: number): number => Date.UTC(2024, 4, 1, 12) + seconds * 1000;

/** Makes records of one run; every record gets an id of its own unless one is given. */
export class RunTeller {
  readonly runId: string;
  private made = 0;

  constructor(
    readonly externalId: string,
    readonly tenantId = 'default',
  ) {
    this.runId = runIdOf({ tenantId, engine: 'orrery', source: 'urn:spec', externalId });
  }

  task(externalId: string): string {
    return taskIdOf(this.runId, externalId);
  }

  event(externalId: string): string {
    return eventIdOf(this.runId, externalId);
  }

  record(statements: Statements, id = String(this.made++)): ExecutionRecord {
    return create(ExecutionRecordSchema, {
      receivedAtMs: statements.occurredAtMs ?? at(0),
      origin: { format: 'orrery', type: 'dev.orrery.execution.v1' },
      ...statements,
      recordId: recordIdOf(this.tenantId, `urn:spec/${this.externalId}`, id),
      tenantId: this.tenantId,
      runId: this.runId,
    });
  }
}
