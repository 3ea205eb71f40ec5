import { loadConfig } from '@orrery/config';
import { runUntilSignal } from '@orrery/http';
import { startTelemetry } from '@orrery/telemetry';
import { standaloneConfigSchema } from './standalone.config.js';

await runUntilSignal(async (stopping) => {
  const config = loadConfig(standaloneConfigSchema);
  const telemetry = await startTelemetry({
    serviceName: config.OTEL_SERVICE_NAME ?? 'orrery',
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  // Only now, so that everything it imports finds telemetry started.
  const { startStandalone } = await import('./start-standalone.js');
  return startStandalone(config, telemetry, stopping);
});
