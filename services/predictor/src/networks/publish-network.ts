import { OrreryError } from '@orrery/errors';
import { outputWidth, randomData, referenceOutputs, withRisingQuantiles, type NetworkBatch, type NetworkWeights, type TensorRuntime, type TrainedNetwork } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import type { RuntimeReport } from '../runtime/runtime-report.js';
import { onnxModel, weightsOfModel } from './onnx-graph.js';
import { loadOnnxRuntime, openSession, type OnnxRuntime } from './onnx-serving.js';
import { checksumOf, type ParityCheck, type PublishedNetwork } from './published-network.js';

/** Greatest difference between what was trained and what is published, relative to numbers above 1. */
export const parityLimit = 1e-5;

const probeRows = 64;
const probeSeed = 7;

export interface PublicationParts {
  readonly loadLibrary?: () => OnnxRuntime;
  /** Writes the model: another one only to see a wrong one refused. */
  readonly write?: (network: NetworkWeights) => Uint8Array;
}

/**
 * Writes a trained network as ONNX and lets it out only when the written one predicts the same as the trained one on rows of noise.
 *
 * @param runtime what it was trained on.
 * @throws ORRERY_NUMERICAL when the two differ by more than {@link parityLimit}.
 */
export async function publishNetwork(runtime: TensorRuntime, trained: TrainedNetwork, report: RuntimeReport, parts: PublicationParts = {}): Promise<PublishedNetwork> {
  const { spec, weights, epochs, bestEpoch, validationLoss } = trained;
  const bytes = (parts.write ?? onnxModel)({ spec, weights });
  const batch = randomData(spec, probeRows, seededRandom(probeSeed));
  const network = await runtime.load({ spec, weights });
  const expected = await network.predict(batch).finally(() => network.close());
  const parity = await checkParity({ spec, weights }, { bytes, batch, expected, loadLibrary: parts.loadLibrary ?? loadOnnxRuntime });
  if (!(parity.maxDiff <= parityLimit)) {
    throw new OrreryError('ORRERY_NUMERICAL', `the written ${spec.kind} network differs from the trained one by ${parity.maxDiff.toExponential(1)}, more than ${parityLimit}`, { details: { parity } });
  }
  const training = { epochs, bestEpoch, validationLoss };
  return { bytes, metadata: { format: 'onnx', spec, checksum: checksumOf(bytes), sizeBytes: bytes.length, parity, training, runtime: report } };
}

interface Probe {
  readonly bytes: Uint8Array;
  readonly batch: NetworkBatch;
  readonly expected: Float32Array;
  readonly loadLibrary: () => OnnxRuntime;
}

async function checkParity({ spec }: NetworkWeights, { bytes, batch, expected, loadLibrary }: Probe): Promise<ParityCheck> {
  const library = libraryOrNull(loadLibrary);
  const given = library === null ? referenceOf({ spec, weights: weightsOfModel(spec, bytes) }, batch) : await sessionOutput(library, { spec, bytes, batch });
  const differences = given.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)) / Math.max(1, Math.abs(value)));
  const maxDiff = given.length === expected.length ? differences.reduce((most, one) => (one <= most ? most : one), 0) : Number.POSITIVE_INFINITY;
  return { against: library === null ? 'reference' : 'onnxruntime', maxDiff, rowCount: expected.length / outputWidth(spec) };
}

function libraryOrNull(loadLibrary: () => OnnxRuntime): OnnxRuntime | null {
  try {
    return loadLibrary();
  } catch {
    return null;
  }
}

async function sessionOutput(library: OnnxRuntime, { spec, bytes, batch }: { spec: NetworkWeights['spec']; bytes: Uint8Array; batch: NetworkBatch }): Promise<Float32Array> {
  const session = await openSession(library, spec, bytes);
  return await session.predict(batch).finally(() => session.close());
}

function referenceOf({ spec, weights }: NetworkWeights, batch: NetworkBatch): Float32Array {
  return withRisingQuantiles(spec, Float32Array.from(referenceOutputs(spec, weights, batch).flatMap((row) => Array.from(row))));
}
