import { loadConfig } from '@orrery/config';
import { runUntilSignal } from '@orrery/http';
import { startTelemetry } from '@orrery/telemetry';
import { ingestConfigSchema } from './ingest.config.js';

await runUntilSignal(async () => {
  const config = loadConfig(ingestConfigSchema);
  const telemetry = await startTelemetry({
    serviceName: config.OTEL_SERVICE_NAME ?? 'orrery-ingest',
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  // Only now, so that everything it imports finds telemetry started.
  const { startIngest } = await import('./start-ingest.js');
  return startIngest(config, telemetry);
});
