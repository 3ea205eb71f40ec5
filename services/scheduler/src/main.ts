import { loadConfig } from '@orrery/config';
import { runUntilSignal } from '@orrery/http';
import { startTelemetry } from '@orrery/telemetry';
import { schedulerConfigSchema } from './scheduler.config.js';

await runUntilSignal(async () => {
  const config = loadConfig(schedulerConfigSchema);
  const telemetry = await startTelemetry({
    serviceName: config.OTEL_SERVICE_NAME ?? 'orrery-scheduler',
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  // Only now, so that everything it imports finds telemetry started.
  const { startScheduler } = await import('./start-scheduler.js');
  return startScheduler(config, telemetry);
});
