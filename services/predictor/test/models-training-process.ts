import { openDatabase } from '@orrery/persistence';
import { createLogger } from '@orrery/telemetry';
import { predictorMigrations } from '../src/migrations/index.js';
import { modelParts } from '../src/models/index.js';

/** Trains what a database's queue asks for until it is killed: node models-training-process.ts URL LEASE_MS */
const [url = '', leaseMs = '1000'] = process.argv.slice(2);
const database = await openDatabase({ url, schema: 'predictor', migrations: predictorMigrations });
const models = modelParts({
  config: { ORRERY_PREDICTOR_AUTO_TRAINING: false, ORRERY_PREDICTOR_TRAIN_AFTER_EXAMPLES: 1000, ORRERY_PREDICTOR_TRAIN_AFTER_HOURS: 24, ORRERY_PREDICTOR_TRAINING_ROWS: 50_000, ORRERY_PREDICTOR_RUNTIME: 'off' },
  database,
  logger: createLogger('spec', 'silent'),
  timing: { leaseMs: Number(leaseMs), pollMs: 10, heartbeatMs: 50 },
});
models.start();
process.on('disconnect', () => process.exit(0));
process.send?.('started');
