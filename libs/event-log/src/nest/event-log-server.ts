import { fromBinary, type Message } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { deadLetterTopicOf, type TopicDefinition } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { EventLog, LogBatch, LogConsumer, LogRecord, PositionStore, Subscription } from '../event-log.js';

/** A topic and how its values are read: an entry of the topic catalogue. */
export interface ReadableTopic extends TopicDefinition {
  readonly schema: GenMessage<Message>;
}

export interface EventLogServerOptions extends Pick<Subscription<unknown>, 'positions' | 'from' | 'maxBatchRecords' | 'maxBatchBytes' | 'gatherMs' | 'onBreakerOpen'> {
  readonly log: EventLog;
  readonly groupId: string;
  /** What the service consumes: there must be one handler for each, and no other of this group. */
  readonly topics: readonly ReadableTopic[];
  readonly positions?: PositionStore;
}

/** What a handler gets beside the batch. */
export class EventLogContext extends BaseRpcContext<[LogBatch<Message>, string]> {
  get batch(): LogBatch<Message> {
    return this.args[0];
  }

  get groupId(): string {
    return this.args[1];
  }
}

/**
 * The transport of a consumer group, for its handlers: where several groups consume in one application, Nest would give each of them
 * the handlers of all.
 *
 * @example @EventPattern<string>(taskFinishedTopic.name, eventLogTransport('baseline'))
 */
export function eventLogTransport(groupId: string): symbol {
  return Symbol.for(`orrery.event-log.${groupId}`);
}

/**
 * Lets a Nest service consume the event log: `@EventPattern<string>(topic.name, eventLogTransport(groupId))` on a method makes it the
 * topic's handler in that group (in every group, without the transport), which gets whole batches
 * (`@Payload() batch: LogBatch<ExecutionRecord>`). The batch is done when the method's promise resolves; its errors go through the
 * log's failure policy, for which Nest must not replace them: `connectEventLog` sees to that.
 */
export class EventLogServer extends Server<Record<string, never>> implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  override readonly transportId: symbol;
  #consumer: LogConsumer | undefined;

  constructor(private readonly options: EventLogServerOptions) {
    super();
    this.transportId = eventLogTransport(options.groupId);
  }

  /** The running consumer; undefined before `listen`. */
  get consumer(): LogConsumer | undefined {
    return this.#consumer;
  }

  /** Starts consuming. Reports ORRERY_CONFIG through the callback when a topic has no handler or a handler no topic. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const { log, groupId, topics, positions, from, maxBatchRecords, maxBatchBytes, gatherMs, onBreakerOpen } = this.options;
      const handlers = this.#checkedHandlers();
      const schemas = new Map(topics.map(({ name, schema }) => [name, schema]));
      await log.ensureTopics(topics.flatMap((topic) => [topic, deadLetterTopicOf(topic.name)]));
      const optional = Object.entries({ positions, from, maxBatchRecords, maxBatchBytes, gatherMs, onBreakerOpen }).filter(([, value]) => value !== undefined);
      this.#consumer = await log.subscribe<Message>({
        groupId,
        topics: topics.map(({ name }) => name),
        decode: (record) => decodeWith(schemas, record),
        handle: (batch) => this.#handle(handlers, batch),
        ...Object.fromEntries(optional),
      });
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Finishes the batches in hand, commits and leaves the group; the log itself stays open. */
  async close(): Promise<void> {
    await this.#consumer?.stop();
  }

  on(): never {
    throw new OrreryError('ORRERY_CONFIG', 'the event log server has no events of its own; look at its consumer');
  }

  unwrap<Log>(): Log {
    return this.options.log as Log;
  }

  #checkedHandlers(): ReadonlyMap<string, MessageHandler> {
    const expected = new Set(this.options.topics.map(({ name }) => name));
    const faults = [
      ...[...expected].filter((topic) => !this.messageHandlers.has(topic)).map((topic) => `no handler for topic ${topic}`),
      ...[...this.messageHandlers.keys()].filter((pattern) => !expected.has(pattern)).map((pattern) => `the handler of ${pattern} has no topic`),
      ...[...this.messageHandlers].filter(([, handler]) => handler.isEventHandler !== true).map(([pattern]) => `${pattern} is not an @EventPattern`),
      ...[...this.messageHandlers].filter(([, handler]) => handler.next !== undefined).map(([pattern]) => `${pattern} has two handlers`),
    ];
    if (faults.length > 0) throw new OrreryError('ORRERY_CONFIG', `group ${this.options.groupId} cannot consume: ${faults.join('; ')}`);
    return this.messageHandlers;
  }

  async #handle(handlers: ReadonlyMap<string, MessageHandler>, batch: LogBatch<Message>): Promise<void> {
    const handler = handlers.get(batch.topic);
    if (handler === undefined) throw new OrreryError('ORRERY_DEPENDENCY', `no handler for topic ${batch.topic}`);
    const context = new EventLogContext([batch, this.options.groupId]);
    try {
      const result: unknown = await handler(batch, context);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    } catch (error) {
      throw isReplaced(error) ? replacedError(batch.topic) : error;
    }
  }
}

/** What Nest's own exception filter leaves of an error. */
function isReplaced(error: unknown): boolean {
  return !(error instanceof Error) && typeof error === 'object' && error !== null && 'status' in error && error.status === 'error';
}

/** Retriable: which records are at fault can no longer be told, so that none may be given up. */
function replacedError(topic: string): OrreryError {
  const message = `the handler of ${topic} failed and Nest replaced its error: connect the event log with connectEventLog, or pass errors in a filter`;
  return new OrreryError('ORRERY_CONFIG', message, { retriable: true });
}

function decodeWith(schemas: ReadonlyMap<string, GenMessage<Message>>, { topic, value }: LogRecord): Message {
  const schema = schemas.get(topic);
  if (schema === undefined) throw new OrreryError('ORRERY_CONFIG', `nothing is known of the values of ${topic}`);
  if (value === null) throw new OrreryError('ORRERY_VALIDATION', `the record has no value, expected ${schema.typeName}`);
  return fromBinary(schema, value);
}
