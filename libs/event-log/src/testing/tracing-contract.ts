import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import type { ContractBackend, RecordedSpan } from './contract-backend.js';
import { ContractScene, eventually, numbered } from './contract-scene.js';

/** The W3C trace context travels with the records. */
export function tracingContract(backend: () => ContractBackend): void {
  let scene: ContractScene;
  beforeEach(() => {
    scene = new ContractScene(backend());
  });
  afterEach(() => scene.close());

  describe('when spans are recorded', () => {
    it('opens one span an append and one a batch, and links the second to the first', async () => {
      await scene.createTopic(1);
      const recorded: RecordedSpan[] = [];
      const take = (): readonly RecordedSpan[] => {
        recorded.push(...(backend().takeSpans?.() ?? []));
        return recorded.filter(({ name }) => name.endsWith(scene.topic));
      };
      const tracer = trace.getTracer('spec');
      await tracer.startActiveSpan('request', async (span) => {
        await scene.append(numbered('n', 3));
        span.end();
      });
      const handled: (string | undefined)[] = [];
      const got = scene.collect({
        handle: async (batch) => {
          handled.push(trace.getActiveSpan()?.spanContext().spanId, batch.records[0]?.record.headers['traceparent']);
        },
      });
      await scene.log.subscribe(got.subscription);
      await eventually(() => expect(take()).toHaveLength(2));

      const [send, process] = take();
      const request = recorded.find(({ name }) => name === 'request');
      expect(send).toMatchObject({ name: `send ${scene.topic}`, traceId: request?.traceId, parentSpanId: request?.spanId });
      expect(process).toMatchObject({ name: `process ${scene.topic}`, parentSpanId: undefined, links: [send?.spanId] });
      expect(handled).toEqual([process?.spanId, `00-${send?.traceId}-${send?.spanId}-01`]);
    });

    it('leaves the trace context that a record brings', async () => {
      await scene.createTopic(1);
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await scene.log.append([{ ...scene.record('n'), headers: { traceparent } }]);

      const [record] = await scene.log.read({ topic: scene.topic, partition: 0 }, 0n, 1);
      expect(record?.headers).toEqual({ traceparent });
    });
  });
}
