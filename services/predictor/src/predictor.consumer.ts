import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { metricSampledTopic, runFinishedTopic, runStartedTopic, taskFinishedTopic, type MetricSampled, type RunFinished, type RunStarted, type TaskFinished, type WorkflowFact } from '@orrery/contracts';
import { checkFacts, eventLogTransport, type LogBatch } from '@orrery/event-log';
import { consumerGroup, PredictorService } from './predictor.service.js';

/** What is learned from: executions from their ends, load from starts and ends, series from samples. */
export const learnedTopics = [runStartedTopic, taskFinishedTopic, runFinishedTopic, metricSampledTopic] as const;

const transport = eventLogTransport(consumerGroup);

/** Takes batches of facts from the log. */
@Controller()
export class PredictorConsumer {
  constructor(@Inject(PredictorService) private readonly predictor: PredictorService) {}

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
    await this.predictor.apply(batch);
  }
}
