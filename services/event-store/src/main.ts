import { loadConfig } from '@orrery/config';
import { runUntilSignal } from '@orrery/http';
import { startTelemetry } from '@orrery/telemetry';
import { eventStoreConfigSchema } from './event-store.config.js';

await runUntilSignal(async () => {
  const config = loadConfig(eventStoreConfigSchema);
  const telemetry = await startTelemetry({
    serviceName: config.OTEL_SERVICE_NAME ?? 'orrery-event-store',
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  // Only now, so that everything it imports finds telemetry started.
  const { startEventStore } = await import('./start-event-store.js');
  return startEventStore(config, telemetry);
});
