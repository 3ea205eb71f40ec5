import { createHash } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import type { EpochReport, NetworkSpec } from '@orrery/learning';
import type { RuntimeReport } from '../runtime/runtime-report.js';

/** How well the published bytes give what the trained network gives. */
export interface ParityCheck {
  /** What ran the published bytes; `reference` when the library that serves networks could not be loaded. */
  readonly against: 'onnxruntime' | 'reference';
  /** Greatest difference, relative to numbers above 1. */
  readonly maxDiff: number;
  readonly rowCount: number;
}

/** All that is known of a published network but its weights: plain JSON, to be stored beside the bytes. */
export interface NetworkMetadata {
  readonly format: 'onnx';
  readonly spec: NetworkSpec;
  /** Of the bytes: `sha256:` and hexadecimal digits. */
  readonly checksum: string;
  readonly sizeBytes: number;
  readonly parity: ParityCheck;
  readonly training: {
    readonly epochs: readonly EpochReport[];
    readonly bestEpoch: number;
    readonly validationLoss: number;
  };
  /** What it was trained on. */
  readonly runtime: RuntimeReport;
}

/** A network that can be stored as a version of a model and served from what was stored. */
export interface PublishedNetwork {
  readonly metadata: NetworkMetadata;
  /** An ONNX model. */
  readonly bytes: Uint8Array;
}

export function checksumOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** @throws ORRERY_VALIDATION when the bytes are not those that the metadata tells of. */
export function checkPublished({ metadata, bytes }: PublishedNetwork): void {
  const found = checksumOf(bytes);
  if (found !== metadata.checksum) throw new OrreryError('ORRERY_VALIDATION', `the bytes of the network have the checksum ${found}, expected ${metadata.checksum}`);
}
