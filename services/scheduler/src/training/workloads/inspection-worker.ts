import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { meanWorkMs } from '../../domain/release/scenarios.js';
import type { FromInspection, InspectedJobs, InspectionData } from './inspect-jobs.js';
import { readJobs } from './read-jobs.js';

/** A thread that looks at uploaded jobs and answers once. */

parentPort?.postMessage(answer(workerData as InspectionData));

function answer(data: InspectionData): FromInspection {
  try {
    return { type: 'done', jobs: inspect(data) };
  } catch (error) {
    return { type: 'failed', code: isOrreryError(error) ? error.code : 'ORRERY_VALIDATION', message: messageOf(error), details: isOrreryError(error) ? error.details : {} };
  }
}

function inspect({ name, bytes, limitBytes }: InspectionData): InspectedJobs {
  const json = unzipped(bytes, limitBytes);
  const { format, workload } = readJobs(name, Buffer.from(json).toString('utf8'));
  const templates = workload.sizes.flat();
  return {
    ...{ format, kinds: templates.length, tasks: templates.reduce((sum, { shape }) => sum + shape.taskCount, 0), meanWorkSeconds: meanWorkMs(workload) / 1000 },
    ...{ sizeBytes: json.length, checksum: createHash('sha256').update(json).digest('hex'), body: gzipSync(json) },
  };
}

/** A gzipped file is taken as it is too, whatever its sender said of its encoding. */
function unzipped(bytes: Uint8Array, limitBytes: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limitBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw new OrreryError('ORRERY_VALIDATION', 'the body is not valid gzip', { cause });
    throw new OrreryError('ORRERY_LIMIT', `the jobs are larger than ${limitBytes} bytes when unpacked: send fewer`, { retriable: false, details: { httpStatus: 413, limitBytes } });
  }
}
