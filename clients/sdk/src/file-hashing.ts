import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ArtifactData } from './execution-data.js';

export interface FileHashingSettings {
  /** Larger files are recorded with their size and without a digest. */
  readonly maxFileBytes: number;
  /** More files than this at a time are recorded without digest and size. */
  readonly maxPendingFiles: number;
}

// Source text rather than a file of its own, so that the package survives being bundled. A file that changes while it is read
// gets no digest: it would be one of a content that never was.
const HASHING_THREAD = `
const { createHash } = require('node:crypto');
const { createReadStream } = require('node:fs');
const { stat } = require('node:fs/promises');
const { pipeline } = require('node:stream/promises');
const { parentPort } = require('node:worker_threads');

async function inspect({ path, maxBytes }) {
  const before = await stat(path);
  if (!before.isFile()) return { problem: 'not a file' };
  if (before.size > maxBytes) return { sizeBytes: before.size, problem: 'too large to hash' };
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  const after = await stat(path);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) return { sizeBytes: after.size, problem: 'changed while it was read' };
  return { sizeBytes: after.size, digest: 'sha256:' + hash.digest('hex') };
}

let last = Promise.resolve();
parentPort.on('message', (job) => {
  last = last.then(async () => {
    const found = await inspect(job).catch((error) => ({ problem: error.code || 'unreadable' }));
    parentPort.postMessage({ number: job.number, ...found });
  });
});
`;

interface Finding {
  readonly number: number;
  readonly digest?: string;
  readonly sizeBytes?: number;
  readonly problem?: string;
}

interface Job {
  readonly artifact: ArtifactData;
  readonly done: (artifact: ArtifactData) => void;
}

/** Reads and hashes files in a worker thread, one after the other, started with the first file and not keeping the process alive. */
export class FileHashing {
  private worker: Worker | undefined;
  private readonly jobs = new Map<number, Job>();
  private nextNumber = 0;
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly settings: FileHashingSettings) {}

  get pending(): number {
    return this.jobs.size;
  }

  /** Adds digest and size to an artifact and hands it to `done`, in any case and exactly once. */
  add(filePath: string, artifact: ArtifactData, done: (artifact: ArtifactData) => void): void {
    if (this.jobs.size >= this.settings.maxPendingFiles) {
      done(withProblem(artifact, 'too many files at once'));
      return;
    }
    const number = this.nextNumber++;
    this.jobs.set(number, { artifact, done });
    try {
      const path = filePath.startsWith('file:') ? fileURLToPath(filePath) : filePath;
      this.worker ??= this.startWorker();
      this.worker.postMessage({ number, path, maxBytes: this.settings.maxFileBytes });
    } catch {
      this.settle({ number, problem: 'unreadable' });
    }
  }

  /** Resolves when no file is waiting. */
  idle(): Promise<void> {
    if (this.jobs.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  /** Hands over what waits without digests and ends the thread. */
  stop(): void {
    this.giveUp('the program ended first');
    void this.worker?.terminate();
    this.worker = undefined;
  }

  private startWorker(): Worker {
    // The host's flags (loaders, inspectors) are not for this thread.
    const worker = new Worker(HASHING_THREAD, { eval: true, execArgv: [], env: {}, name: 'orrery-hashing' });
    worker.on('message', (finding: Finding) => this.settle(finding));
    worker.on('error', () => {
      this.worker = undefined;
      this.giveUp('unreadable');
    });
    // After the listeners, which reference the thread again.
    worker.unref();
    return worker;
  }

  private settle({ number, digest, sizeBytes, problem }: Finding): void {
    const job = this.jobs.get(number);
    if (job === undefined) return;
    this.jobs.delete(number);
    const artifact = { ...job.artifact, digest, size_bytes: sizeBytes ?? job.artifact.size_bytes };
    job.done(problem === undefined ? artifact : withProblem(artifact, problem));
    if (this.jobs.size === 0) for (const resolve of this.idleWaiters.splice(0)) resolve();
  }

  private giveUp(problem: string): void {
    for (const number of [...this.jobs.keys()]) this.settle({ number, problem });
  }
}

function withProblem(artifact: ArtifactData, problem: string): ArtifactData {
  return { ...artifact, attributes: { ...artifact.attributes, no_digest_because: problem } };
}
