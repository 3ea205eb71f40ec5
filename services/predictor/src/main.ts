import { loadConfig } from '@orrery/config';
import { runUntilSignal } from '@orrery/http';
import { startTelemetry } from '@orrery/telemetry';
import { predictorConfigSchema } from './predictor.config.js';

await runUntilSignal(async () => {
  const config = loadConfig(predictorConfigSchema);
  const telemetry = await startTelemetry({
    serviceName: config.OTEL_SERVICE_NAME ?? 'orrery-predictor',
    otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  // Only now, so that everything it imports finds telemetry started.
  const { startPredictor } = await import('./start-predictor.js');
  return startPredictor(config, telemetry);
});
