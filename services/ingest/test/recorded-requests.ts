import { readFileSync } from 'node:fs';
import type { Answer, IngestScene } from './ingest-scene.js';

const folder = new URL('../../../fixtures/', import.meta.url);

export type RecordingName = 'ag2-success' | 'ag2-failure' | 'ag2-nested' | 'airflow-openlineage' | 'ci-exec' | 'prefect-events';

interface RecordedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly file: string;
}

/** Sends every request of a recording as its producer sent it. */
export async function replay(scene: IngestScene, name: RecordingName): Promise<readonly Answer[]> {
  const { requests } = JSON.parse(read(name, 'manifest.json').toString()) as { readonly requests: readonly RecordedRequest[] };
  const answers: Answer[] = [];
  for (const { path, headers, file } of requests) answers.push(await scene.post(path, read(name, file), headers));
  return answers;
}

/** The ground truth of a recording, which was decoded without Orrery. */
export function expectedOf<Expected>(name: RecordingName): Expected {
  return JSON.parse(read(name, 'expected.json').toString()) as Expected;
}

function read(name: RecordingName, file: string): Buffer {
  return readFileSync(new URL(`${name}/${file}`, folder));
}
