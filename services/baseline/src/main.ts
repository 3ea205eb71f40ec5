import { loadConfig } from '@orrery/config';
import { runUntilSignal } from '@orrery/http';
import { startTelemetry } from '@orrery/telemetry';
import { baselineConfigSchema } from './baseline.config.js';

await runUntilSignal(async () => {
  const config = loadConfig(baselineConfigSchema);
  const telemetry = await startTelemetry({
    serviceName: config.OTEL_SERVICE_NAME ?? 'orrery-baseline',
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  // Only now, so that everything it imports finds telemetry started.
  const { startBaseline } = await import('./start-baseline.js');
  return startBaseline(config, telemetry);
});
