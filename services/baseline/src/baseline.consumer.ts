import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { metricSampledTopic, runFinishedTopic, runStartedTopic, taskFinishedTopic, type MetricSampled, type RunFinished, type RunStarted, type TaskFinished } from '@orrery/contracts';
import { checkFacts, eventLogTransport, type LogBatch } from '@orrery/event-log';
import { BaselineService, consumerGroup } from './baseline.service.js';
import type { WorkflowFact } from './domain/index.js';

/** What is learned from: rhythms and numbers of runs from starts, series of metrics from samples, all else from ends. */
export const learnedTopics = [runStartedTopic, taskFinishedTopic, runFinishedTopic, metricSampledTopic] as const;

const transport = eventLogTransport(consumerGroup);

/** Takes batches of facts from the log. */
@Controller()
export class BaselineConsumer {
  constructor(@Inject(BaselineService) private readonly baselines: BaselineService) {}

  @EventPattern<string>(runStartedTopic.name, transport)
  async runStarted(@Payload() batch: LogBatch<RunStarted>): Promise<void> {
    await this.learn(batch);
  }

  @EventPattern<string>(taskFinishedTopic.name, transport)
  async taskFinished(@Payload() batch: LogBatch<TaskFinished>): Promise<void> {
    await this.learn(batch);
  }

  @EventPattern<string>(runFinishedTopic.name, transport)
  async runFinished(@Payload() batch: LogBatch<RunFinished>): Promise<void> {
    await this.learn(batch);
  }

  @EventPattern<string>(metricSampledTopic.name, transport)
  async metricSampled(@Payload() batch: LogBatch<MetricSampled>): Promise<void> {
    await this.learn(batch);
  }

  private async learn(batch: LogBatch<WorkflowFact>): Promise<void> {
    checkFacts(batch);
    await this.baselines.apply(batch);
  }
}
