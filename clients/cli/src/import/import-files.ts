import { createHmac } from 'node:crypto';
import { isOrreryError, messageOf } from '@orrery/errors';
import type { ApiClient } from '../api-client.js';
import type { Conversion, PreparedRequest } from './conversion.js';
import { postPatiently, type PostResult } from './post-patiently.js';
import { findSourceFiles, readDocuments, type SourceDocument } from './source-files.js';

/** What an import has done so far. */
export interface ImportCounts {
  files: number;
  requests: number;
  accepted: number;
  unrecognised: number;
  readonly faults: { readonly origin: string; readonly reason: string }[];
  readonly unrecognisedOrigins: Set<string>;
  readonly runIds: Set<string>;
  /** Why the import had to stop before its end. */
  unreachable: Error | undefined;
}

export interface ImportOptions {
  readonly convert: (document: SourceDocument) => Conversion;
  /** Signs bodies the way GitHub does (X-Hub-Signature-256). */
  readonly webhookSecret?: string;
  readonly onProgress: (counts: ImportCounts) => void;
  readonly onFault: (origin: string, reason: string) => void;
}

const REQUESTS_AT_ONCE = 4;

/** Reads paths and posts what they hold; bad files and refused documents are noted and passed over. */
export async function importFiles(paths: readonly string[], client: ApiClient, options: ImportOptions): Promise<ImportCounts> {
  return new Import(client, options).run(paths);
}

class Import {
  private readonly counts: ImportCounts = {
    files: 0,
    requests: 0,
    accepted: 0,
    unrecognised: 0,
    faults: [],
    unrecognisedOrigins: new Set(),
    runIds: new Set(),
    unreachable: undefined,
  };
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly client: ApiClient,
    private readonly options: ImportOptions,
  ) {}

  async run(paths: readonly string[]): Promise<ImportCounts> {
    for await (const file of findSourceFiles(paths)) {
      if (this.counts.unreachable !== undefined) break;
      this.counts.files += 1;
      if ('fault' in file) this.fault(file.path, file.fault);
      else await this.readFile(file.path);
      this.options.onProgress(this.counts);
    }
    await Promise.all(this.underWay);
    return this.counts;
  }

  private async readFile(path: string): Promise<void> {
    let documents = 0;
    try {
      for await (const document of readDocuments(path)) {
        documents += 1;
        await this.take(document);
        if (this.counts.unreachable !== undefined) return;
      }
      if (documents === 0) this.fault(path, 'is empty');
    } catch (error) {
      if (!isOrreryError(error)) throw error;
      this.fault(path, messageOf(error));
    }
  }

  private async take(document: SourceDocument): Promise<void> {
    const { requests, fault } = this.options.convert(document);
    if (fault !== undefined) this.fault(document.origin, fault);
    for (const request of requests) {
      if (this.counts.unreachable !== undefined) return;
      while (this.underWay.size >= REQUESTS_AT_ONCE) await Promise.race(this.underWay);
      const posting = this.post(request, document.origin).finally(() => this.underWay.delete(posting));
      this.underWay.add(posting);
    }
  }

  private async post(request: PreparedRequest, origin: string): Promise<void> {
    const result = await postPatiently(this.client, this.signed(request));
    this.count(result, origin);
    this.options.onProgress(this.counts);
  }

  private count(result: PostResult, origin: string): void {
    const { counts } = this;
    if (result.kind === 'unreachable') {
      counts.unreachable = result.error;
      return;
    }
    counts.requests += 1;
    if (result.kind === 'refused') {
      this.fault(origin, result.reason);
      return;
    }
    counts.accepted += result.accepted;
    counts.unrecognised += result.unrecognised;
    if (result.unrecognised > 0) counts.unrecognisedOrigins.add(origin);
    for (const runId of result.runIds) counts.runIds.add(runId);
  }

  private signed(request: PreparedRequest): PreparedRequest {
    const { webhookSecret } = this.options;
    if (webhookSecret === undefined) return request;
    const signature = createHmac('sha256', webhookSecret).update(request.body).digest('hex');
    return { ...request, headers: { ...request.headers, 'x-hub-signature-256': `sha256=${signature}` } };
  }

  private fault(origin: string, reason: string): void {
    this.counts.faults.push({ origin, reason });
    this.options.onFault(origin, reason);
  }
}
