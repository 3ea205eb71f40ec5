import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { OrreryError } from '@orrery/errors';
import { measuredWorkload, type MeasuredJobs, type Workload } from '@orrery/scheduler/domain';

const file = 'tpch.json.gz';

/**
 * The measured query plans of a folder, or of a folder in it.
 *
 * @throws ORRERY_NOT_FOUND when there are none; the message says what is looked for.
 */
export function measuredJobs(folder: string): Workload {
  const folders = existsSync(folder) ? [folder, ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [path.join(folder, entry.name)] : []))] : [];
  const found = folders.map((one) => path.join(one, file)).find((one) => existsSync(one));
  if (found === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `no ${file} in ${folder} or in a folder of it: {levels, sizes, jobs} made of the public task_duration and adj_mat files of hongzimao/decima-sim`);
  const measured = JSON.parse(gunzipSync(readFileSync(found)).toString('utf8')) as MeasuredJobs;
  return measuredWorkload(`TPC-H ${measured.sizes.join(', ')}`, measured);
}
