import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Orrery } from '@orrery/sdk';

// The program under measurement: tasks of ten calls each, a call hashes for about ten milliseconds and writes a file. `plain` does the
// same work unrecorded.

const calls = Number(process.argv[2] ?? 300);
const callsPerTask = 10;
const isRecorded = process.argv[3] === 'recorded';

function work(number: number): string {
  let digest = `call ${number}`;
  for (let round = 0; round < 12_000; round += 1) digest = createHash('sha256').update(digest).digest('hex');
  return digest;
}

const file = path.join(os.tmpdir(), `orrery-overhead-${process.pid}.txt`);
const startedAt = performance.now();
const orrery = new Orrery({ source: 'urn:orrery:bench:overhead', isEnabled: isRecorded });
const run = orrery.run('overhead', { id: `overhead-${process.pid}` }).start();
for (let first = 0; first < calls; first += callsPerTask) {
  const task = run.task(`task-${first / callsPerTask}`).start();
  for (let number = first; number < first + callsPerTask; number += 1) {
    const call = task.call('tool_call', { actor: 'worker', target: 'hash' });
    writeFileSync(file, work(number));
    call.finish({ output: 'done' });
    // A real program waits for I/O now and then; that is when the batch leaves.
    await new Promise((resolve) => setImmediate(resolve));
  }
  task.finish();
}
run.finish();
const durationMs = performance.now() - startedAt;
const { statistics } = await orrery.close({ deadlineMs: 10_000 });
process.stdout.write(JSON.stringify({ durationMs, statistics }));
