import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { TracesDataSchema, type Span } from '@orrery/contracts/otlp';

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' when it has none. */
  readonly parentSpanId: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly service: string;
}

/** An OTLP/HTTP endpoint that keeps the spans it is sent. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      if (request.url === '/v1/traces') this.take(Buffer.concat(chunks), request.headers['content-encoding'] === 'gzip');
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  trace(traceId: string): readonly CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  private take(body: Buffer, isCompressed: boolean): void {
    const { resourceSpans } = fromBinary(TracesDataSchema, isCompressed ? gunzipSync(body) : body);
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(attributesOf(resource?.attributes ?? [])['service.name']);
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => collected(span, service)));
    }
  }
}

function collected(span: Span, service: string): CollectedSpan {
  return {
    name: span.name,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    links: span.links.map((link) => ({ traceId: hex(link.traceId), spanId: hex(link.spanId) })),
    attributes: attributesOf(span.attributes),
    service,
  };
}

function attributesOf(attributes: Span['attributes']): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value?.value.value]));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
