import { TestStore } from '@orrery/testing';
import { createLogger } from '@orrery/telemetry';
import { seededRandom } from '@orrery/stats';
import { predictorMigrations } from './dist/migrations/index.js';
import { modelParts } from './dist/models/index.js';
const store = await TestStore.open({ schema: 'predictor', migrations: predictorMigrations });
const parts = modelParts({ config: { ORRERY_PREDICTOR_AUTO_TRAINING: true, ORRERY_PREDICTOR_TRAIN_AFTER_EXAMPLES: 300, ORRERY_PREDICTOR_TRAIN_AFTER_HOURS: 24, ORRERY_PREDICTOR_TRAINING_ROWS: 5000, ORRERY_PREDICTOR_RUNTIME: 'auto' }, database: store.database, logger: createLogger('x', 'info'), timing: { automaticMs: 100 } });
const random = seededRandom(1);
await store.admin.query(`insert into known_tenant values ('default')`);
for (let i = 0; i < 600; i++) { const f = random.next() * 4 - 2; const tasks = ['a', 'b', 'c', 'd', random.next() < .5 ? 'e' : 'f']; await store.admin.query(`insert into example (tenant_id, example_id, bucket, workflow_id, subject, task, run_id, started_at, finished_at, features, failure_features, floors, reference_ms, reference_bytes, duration_ms, peak_memory_bytes, outcome) values ('default', gen_random_uuid(), '1970-01-01', 'w', 'task', $1, $2, to_timestamp($3::float8), to_timestamp($3::float8 + 30), $4, '{}', '{NaN,NaN,NaN,NaN}', 1000, null, $5, null, 'success')`, [tasks[i % 5], `00000000-0000-4000-8000-${String(Math.floor(i / 5)).padStart(12, '0')}`, 1.7e9 + i * 60, [f, ...Array(19).fill(NaN)], 1000 * Math.exp(0.5 * f + 0.1 * random.normal())]); }
parts.start();
for (;;) { const rows = await store.rows(`select kind, status, message from training`); if (rows.length >= 2 && rows.every((r) => !['queued', 'running'].includes(r.status))) { console.log(rows); break; } await new Promise((r) => setTimeout(r, 300)); }
console.log(Object.keys(await parts.registry.championsOf('default')), (await store.rows(`select card->'runtime' as r, card->'report'->'hyperParameters' as h from model where kind = 'next_task'`))[0]);
await parts.stop(); await store.close(); process.exit(0);
