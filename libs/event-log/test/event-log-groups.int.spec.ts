import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { create, toBinary } from '@bufbuild/protobuf';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { runFinishedTopic, RunFinishedSchema, taskFinishedTopic, TaskFinishedSchema, type RunFinished, type TaskFinished } from '@orrery/contracts';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { connectEventLog, eventLogTransport, PostgresEventLog, type LogBatch } from '../src/index.js';
import { eventually } from '../src/testing/contract-scene.js';

const seen: string[] = [];

@Controller()
class BaselineConsumer {
  @EventPattern<string>(taskFinishedTopic.name, eventLogTransport('baseline'))
  async tasks(@Payload() batch: LogBatch<TaskFinished>): Promise<void> {
    seen.push(...batch.records.map(() => 'baseline: task'));
  }
}

@Controller()
class PredictorConsumer {
  @EventPattern<string>(taskFinishedTopic.name, eventLogTransport('predictor'))
  async tasks(@Payload() batch: LogBatch<TaskFinished>): Promise<void> {
    seen.push(...batch.records.map(() => 'predictor: task'));
  }

  @EventPattern<string>(runFinishedTopic.name, eventLogTransport('predictor'))
  async runs(@Payload() batch: LogBatch<RunFinished>): Promise<void> {
    seen.push(...batch.records.map(() => 'predictor: run'));
  }
}

@Module({ controllers: [BaselineConsumer, PredictorConsumer] })
class BothModule {}

describe('two groups in one application', () => {
  let database: TestDatabase;
  let log: PostgresEventLog;
  let app: INestApplication;

  beforeEach(async () => {
    seen.length = 0;
    database = await testDatabase();
    log = new PostgresEventLog({ url: database.url });
    app = await NestFactory.create(BothModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  });
  afterEach(async () => {
    await app.close();
    await log.close();
    await database.drop();
  });

  it('have their own handlers, also for the same topic', async () => {
    connectEventLog(app, { log, groupId: 'baseline', topics: [taskFinishedTopic] });
    connectEventLog(app, { log, groupId: 'predictor', topics: [taskFinishedTopic, runFinishedTopic] });
    await app.startAllMicroservices();
    await log.append([
      { topic: taskFinishedTopic.name, key: 'k', value: toBinary(TaskFinishedSchema, create(TaskFinishedSchema, { tenantId: 'acme' })) },
      { topic: runFinishedTopic.name, key: 'k', value: toBinary(RunFinishedSchema, create(RunFinishedSchema, { tenantId: 'acme' })) },
    ]);

    await eventually(() => expect([...seen].sort()).toEqual(['baseline: task', 'predictor: run', 'predictor: task']));
  });

  it('do not start while one of them has no handler of its own', async () => {
    connectEventLog(app, { log, groupId: 'scheduler', topics: [taskFinishedTopic] });

    await expect(app.startAllMicroservices()).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining(`no handler for topic ${taskFinishedTopic.name}`) });
  });
});
