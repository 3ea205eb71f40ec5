import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter } from '@orrery/stats';
import { checksum } from './checksum.js';
import type { GbdtModel, GbdtObjective } from './gbdt-model.js';

const format = 'orrery.gbdt';
const version = 1;
const kinds = ['squared', 'logistic', 'quantile', 'softmax'] as const;
const checksumBytes = 4;

/** A model as bytes: equal models give equal bytes. */
export function encodeGbdt(model: GbdtModel): Uint8Array {
  const writer = new ByteWriter().text(format).unsigned(version).unsigned(kinds.indexOf(model.objective.kind));
  if (model.objective.kind === 'quantile') writer.double(model.objective.tau);
  writer.unsigned(model.featureCount).unsigned(model.outputCount).unsigned(model.roots.length).unsigned(model.feature.length);
  for (const score of model.base) writer.double(score);
  for (const root of model.roots) writer.unsigned(root);
  for (let node = 0; node < model.feature.length; node++) {
    const feature = model.feature[node] as number;
    writer.unsigned(feature + 1).single(model.value[node] as number);
    if (feature < 0) continue;
    writer.single(model.threshold[node] as number).unsigned((model.left[node] as number) * 2 + (model.missingLeft[node] as number));
  }
  const body = writer.bytes();
  const whole = new Uint8Array(body.length + checksumBytes);
  whole.set(body);
  new DataView(whole.buffer).setUint32(body.length, checksum(body));
  return whole;
}

/** The model that {@link encodeGbdt} wrote. @throws ORRERY_VALIDATION when the bytes are of another format or version, cut or changed. */
export function decodeGbdt(bytes: Uint8Array): GbdtModel {
  const body = bytes.subarray(0, Math.max(0, bytes.length - checksumBytes));
  const expected = bytes.length < checksumBytes ? -1 : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(body.length);
  if (checksum(body) !== expected) throw damaged('its checksum differs');
  const reader = new ByteReader(body);
  const found = reader.text();
  const foundVersion = reader.unsigned();
  if (found !== format || foundVersion !== version) throw damaged(`expected ${format} ${version}, got ${found} ${foundVersion}`);
  const kind = kinds[reader.unsigned()];
  const tau = kind === 'quantile' ? reader.double() : 0;
  const [featureCount, outputCount, treeCount, nodeCount] = [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()];
  if (outputCount * 8 + treeCount + nodeCount * 5 > body.length) throw damaged(`it is too short for ${treeCount} trees of ${nodeCount} nodes`);
  const base = Float64Array.from({ length: outputCount }, () => reader.double());
  const roots = Int32Array.from({ length: treeCount }, () => reader.unsigned());
  const nodes = readNodes(reader, nodeCount);
  const model = { objective: objectiveOf(kind, tau, outputCount), featureCount, outputCount, base, roots, ...nodes };
  if (!reader.isAtEnd() || !isSound(model)) throw damaged('its trees do not hold together');
  return model;
}

function readNodes(reader: ByteReader, nodeCount: number): Pick<GbdtModel, 'feature' | 'threshold' | 'left' | 'missingLeft' | 'value'> {
  const nodes = {
    feature: new Int16Array(nodeCount),
    threshold: new Float32Array(nodeCount),
    left: new Int32Array(nodeCount),
    missingLeft: new Uint8Array(nodeCount),
    value: new Float32Array(nodeCount),
  };
  for (let node = 0; node < nodeCount; node++) {
    const feature = (nodes.feature[node] = reader.unsigned() - 1);
    nodes.value[node] = reader.single();
    if (feature < 0) continue;
    nodes.threshold[node] = reader.single();
    const link = reader.unsigned();
    nodes.left[node] = Math.floor(link / 2);
    nodes.missingLeft[node] = link % 2;
  }
  return nodes;
}

// Children lie after their parents in every tree that was grown, so that no walk can go round in circles.
function isSound({ feature, left, roots, featureCount, outputCount }: GbdtModel): boolean {
  const nodeCount = feature.length;
  if (outputCount < 1 || roots.length % outputCount !== 0 || roots.some((root) => root >= nodeCount)) return false;
  return feature.every((asked, node) => asked < 0 || (asked < featureCount && (left[node] as number) > node && (left[node] as number) + 1 < nodeCount));
}

function objectiveOf(kind: (typeof kinds)[number] | undefined, tau: number, outputCount: number): GbdtObjective {
  if (kind === undefined) throw damaged('its objective is unknown');
  if (kind === 'quantile') return { kind, tau };
  return kind === 'softmax' ? { kind, classCount: outputCount } : { kind };
}

function damaged(why: string): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', `encoded gradient boosting model cannot be read: ${why}`);
}
