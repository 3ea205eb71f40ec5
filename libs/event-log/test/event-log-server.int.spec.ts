import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { create, toBinary } from '@bufbuild/protobuf';
import { Catch, Controller, Module, UseFilters, type INestApplication, type RpcExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { runFinishedTopic, RunFinishedSchema, taskFinishedTopic, TaskFinishedSchema, type RunFinished, type TaskFinished } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import pg from 'pg';
import { EMPTY, type Observable } from 'rxjs';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import {
  connectEventLog,
  EventLogContext,
  EventLogServer,
  outboxStatements,
  PostgresEventLog,
  TransactionalPositions,
  type EventLogServerOptions,
  type LogBatch,
} from '../src/index.js';
import { Gate, eventually } from '../src/testing/contract-scene.js';
import { PoolDatabase } from './pool-database.js';

const seen: string[] = [];
let failWith: Error | undefined;
let gate: Gate | undefined;

@Controller()
class FactsConsumer {
  @EventPattern<string>(runFinishedTopic.name)
  async runs(@Payload() batch: LogBatch<RunFinished>, @Ctx() context: EventLogContext): Promise<void> {
    await gate?.pass();
    if (failWith !== undefined) throw failWith;
    seen.push(...batch.records.map(({ value }) => `${context.groupId} run of ${value.tenantId}`));
  }

  @EventPattern<string>(taskFinishedTopic.name)
  async tasks(@Payload() batch: LogBatch<TaskFinished>): Promise<void> {
    seen.push(...batch.records.map(({ value }) => `task of ${value.tenantId}`));
  }
}

@Module({ controllers: [FactsConsumer] })
class FactsModule {}

/** As a service may have one that answers every error. */
@Catch()
class HushingFilter implements RpcExceptionFilter {
  catch(): Observable<never> {
    return EMPTY;
  }
}

let apply: (batch: LogBatch<RunFinished>) => Promise<void> = async () => undefined;

@Controller()
@UseFilters(HushingFilter)
class HushedConsumer {
  @EventPattern<string>(runFinishedTopic.name)
  runs(@Payload() batch: LogBatch<RunFinished>): Promise<void> {
    if (failWith !== undefined) throw failWith;
    return apply(batch);
  }
}

@Module({ controllers: [HushedConsumer] })
class HushedModule {}

describe('event log server', () => {
  let database: TestDatabase;
  let log: PostgresEventLog;
  let app: INestApplication;
  const options = (overrides: Partial<EventLogServerOptions> = {}): EventLogServerOptions => ({
    ...{ log, groupId: 'facts', topics: [runFinishedTopic, taskFinishedTopic] },
    ...overrides,
  });

  beforeEach(async () => {
    seen.length = 0;
    failWith = undefined;
    gate = undefined;
    database = await testDatabase();
    log = new PostgresEventLog({ url: database.url, timing: { retry: { baseMs: 20, maxMs: 100 } } });
    app = await NestFactory.create(FactsModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  });
  afterEach(async () => {
    await app.close();
    await log.close();
    await database.drop();
  });

  const appendRun = async (tenantId: string): Promise<void> => {
    const value = toBinary(RunFinishedSchema, create(RunFinishedSchema, { tenantId }));
    await log.append([{ topic: runFinishedTopic.name, key: 'run-1', value }]);
  };

  it('gives each handler the decoded batches of its topic', async () => {
    const server = connectEventLog(app, options());
    await app.startAllMicroservices();
    await appendRun('acme');
    await log.append([{ topic: taskFinishedTopic.name, key: 'k', value: toBinary(TaskFinishedSchema, create(TaskFinishedSchema, { tenantId: 'acme' })) }]);

    await eventually(() => expect([...seen].sort()).toEqual(['facts run of acme', 'task of acme']));
    expect(server.consumer?.state()).toBe('running');
    expect(server.unwrap()).toBe(log);
  });

  it('hands errors of a handler to the failure policy as they are', async () => {
    failWith = new OrreryError('ORRERY_DEPENDENCY', 'the store is away');
    const server = connectEventLog(app, options());
    await app.startAllMicroservices();
    await appendRun('acme');
    await eventually(() => expect(server.consumer?.reason()).toContain('the store is away'));
    failWith = undefined;

    await eventually(() => expect(seen).toEqual(['facts run of acme']));
    expect(await log.offsets(`${runFinishedTopic.name}.dlq`)).toMatchObject([{ end: 0n }]);
  });

  it('dead-letters what is not the topic\'s message', async () => {
    connectEventLog(app, options());
    await app.startAllMicroservices();
    await log.append([
      { topic: runFinishedTopic.name, key: 'k', value: Buffer.from([0xff, 0xff, 0xff]) },
      { topic: runFinishedTopic.name, key: 'k', value: null },
    ]);

    await eventually(async () => expect(await log.offsets(`${runFinishedTopic.name}.dlq`)).toMatchObject([{ end: 2n }]));
  });

  it('loses nothing where Nest replaces the errors of handlers', async () => {
    failWith = new OrreryError('ORRERY_VALIDATION', 'bad');
    const strategy = new EventLogServer(options());
    app.connectMicroservice({ strategy });
    await app.startAllMicroservices();
    await appendRun('acme');
    await eventually(() => expect(strategy.consumer?.reason()).toContain('connectEventLog'));
    failWith = undefined;

    await eventually(() => expect(seen).toEqual(['facts run of acme']));
  });

  it('loses nothing where a filter of the service hushes the errors of a handler that keeps positions', async () => {
    const pool = new pg.Pool({ connectionString: database.url });
    pool.on('error', () => undefined);
    await pool.query(`create schema facts; ${outboxStatements('facts').join(';')}`);
    const service = new PoolDatabase(pool, 'facts');
    const positions = new TransactionalPositions(service);
    apply = async (batch) => {
      await service.transaction((transaction) => positions.advance(transaction, 'facts', batch));
      seen.push(...batch.records.map(({ value }) => `run of ${value.tenantId}`));
    };
    failWith = new OrreryError('ORRERY_VALIDATION', 'bad');
    const hushed = await NestFactory.create(HushedModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    const server = connectEventLog(hushed, options({ topics: [runFinishedTopic], positions }));
    await hushed.startAllMicroservices();
    await appendRun('acme');
    await eventually(() => expect(server.consumer?.reason()).toContain('is at 0 and not at 1'));
    failWith = undefined;

    await eventually(() => expect(seen).toEqual(['run of acme']));
    await eventually(() => expect(server.consumer?.state()).toBe('running'));
    await hushed.close();
    await pool.end();
  });

  it('does not start while a topic has no handler', async () => {
    const missing = { ...runFinishedTopic, name: 'orrery.other.v1' };
    connectEventLog(app, options({ topics: [runFinishedTopic, taskFinishedTopic, missing] }));

    await expect(app.startAllMicroservices()).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining('no handler for topic orrery.other.v1') });
  });

  it('does not start while a handler has no topic', async () => {
    connectEventLog(app, options({ topics: [runFinishedTopic] }));

    await expect(app.startAllMicroservices()).rejects.toMatchObject({
      ...{ code: 'ORRERY_CONFIG', message: expect.stringContaining(`the handler of ${taskFinishedTopic.name} has no topic`) },
    });
  });

  it('finishes the batch in hand when the application closes', async () => {
    gate = new Gate();
    connectEventLog(app, options());
    await app.startAllMicroservices();
    await appendRun('acme');
    await gate.reached();
    const closing = app.close();
    gate.open();
    await closing;

    expect(seen).toEqual(['facts run of acme']);
    const lags = await log.lag('facts', [runFinishedTopic.name]);
    expect(lags.every(({ lag }) => lag === 0n)).toBe(true);
  });
});
