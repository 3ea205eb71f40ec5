import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Orrery } from '@orrery/sdk';

// The program under measurement: a pipeline of steps that hash and write; with `ORRERY_URL=off` it does the same work unrecorded.

const steps = Number(process.argv[2] ?? 200);
const isRecorded = process.argv[3] === 'recorded';

function work(step: number): string {
  let digest = `step ${step}`;
  for (let round = 0; round < 4000; round += 1) digest = createHash('sha256').update(digest).digest('hex');
  return digest;
}

const file = path.join(os.tmpdir(), `orrery-overhead-${process.pid}.txt`);
const startedAt = performance.now();
const orrery = new Orrery({ source: 'urn:orrery:bench:overhead', isEnabled: isRecorded });
const run = orrery.run('overhead', { id: `overhead-${process.pid}` }).start();
for (let step = 0; step < steps; step += 1) {
  const task = run.task(`step-${step % 20}`).start();
  const call = task.call('tool_call', { actor: 'worker', target: 'hash' });
  writeFileSync(file, work(step));
  call.finish({ output: 'done' });
  task.finish();
  // A real program waits for I/O now and then; that is when the batch leaves.
  await new Promise((resolve) => setImmediate(resolve));
}
run.finish();
const durationMs = performance.now() - startedAt;
const { statistics } = await orrery.close({ deadlineMs: 10_000 });
process.stdout.write(JSON.stringify({ durationMs, statistics }));
