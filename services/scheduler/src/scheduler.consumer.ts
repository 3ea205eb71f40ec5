import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { runFinishedTopic, taskFinishedTopic, type RunFinished, type TaskFinished, type WorkflowFact } from '@orrery/contracts';
import { checkFacts, eventLogTransport, type LogBatch } from '@orrery/event-log';
import { consumerGroup, SchedulerService } from './scheduler.service.js';

/** What is learned from: how long tasks took, what memory they needed, what runs were made of. */
export const learnedTopics = [taskFinishedTopic, runFinishedTopic] as const;

const transport = eventLogTransport(consumerGroup);

/** Takes batches of facts from the log. */
@Controller()
export class SchedulerConsumer {
  constructor(@Inject(SchedulerService) private readonly scheduler: SchedulerService) {}

  @EventPattern<string>(taskFinishedTopic.name, transport)
  async taskFinished(@Payload() batch: LogBatch<TaskFinished>): Promise<void> {
    await this.learn(batch);
  }

  @EventPattern<string>(runFinishedTopic.name, transport)
  async runFinished(@Payload() batch: LogBatch<RunFinished>): Promise<void> {
    await this.learn(batch);
  }

  private async learn(batch: LogBatch<WorkflowFact>): Promise<void> {
    checkFacts(batch);
    await this.scheduler.apply(batch);
  }
}
