import { openDatabase } from '@orrery/persistence';
import { createLogger } from '@orrery/telemetry';
import { alertProviders, CreateAlerts1767225600003 } from '../src/alerts/index.js';

/** Dispatches the alerts of a database until it is killed: node alerts-dispatcher-process.ts URL LEASE_MS */
const [url = '', leaseMs = '500'] = process.argv.slice(2);
const database = await openDatabase({ url, schema: 'baseline', migrations: [CreateAlerts1767225600003] });
const alerts = alertProviders({
  config: { ORRERY_ALERT_ALLOWED_NETWORKS: ['127.0.0.1/32'], ORRERY_ALERT_CONCURRENCY: 4, ORRERY_ALERT_MAX_ATTEMPTS: 16 },
  database,
  source: { stillOpen: async () => [] },
  logger: createLogger('spec', 'silent'),
  timing: { leaseMs: Number(leaseMs), pollMs: 10 },
});
alerts.start();
process.on('disconnect', () => process.exit(0));
process.send?.('started');
