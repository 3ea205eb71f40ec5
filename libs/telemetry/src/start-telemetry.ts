import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

export interface TelemetryOptions {
  readonly serviceName: string;
  /** Where traces go; without it no span is made and the tracing SDK is not even loaded. */
  readonly otlpEndpoint?: string | undefined;
}

export interface Telemetry {
  /** All metrics in Prometheus' text format. */
  metricsText(): Promise<string>;
  /** Sends what is buffered and stops. */
  shutdown(): Promise<void>;
}

/**
 * Starts metrics, and tracing when there is somewhere to send it; call it before anything else is imported that makes spans.
 *
 * @example
 * const telemetry = await startTelemetry({ serviceName: 'orrery-ingest', otlpEndpoint: 'http://127.0.0.1:4318' });
 */
export async function startTelemetry({ serviceName, otlpEndpoint }: TelemetryOptions): Promise<Telemetry> {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  const resource = resourceFromAttributes({ 'service.name': serviceName });
  const stop = otlpEndpoint === undefined ? startMetrics(prometheus, resource) : await startTracing(prometheus, serviceName);
  return {
    metricsText: async () => serializer.serialize((await prometheus.collect()).resourceMetrics),
    shutdown: stop,
  };
}

function startMetrics(reader: PrometheusExporter, resource: ReturnType<typeof resourceFromAttributes>): () => Promise<void> {
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return () => provider.shutdown();
}

async function startTracing(reader: PrometheusExporter, serviceName: string): Promise<() => Promise<void>> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName, metricReaders: [reader], instrumentations: [] });
  sdk.start();
  return () => sdk.shutdown();
}
