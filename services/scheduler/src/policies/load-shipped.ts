import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '@orrery/errors';
import type { OpenPolicy } from './open-policy.js';
import type { ShippedPolicy } from './policy-shelf.js';

/** From the built file as from its source, two folders up. */
const shippedFolder = fileURLToPath(new URL('../../policies/', import.meta.url));

/** Reads the policies that come with the product; a damaged one is told of and never used. */
export function loadShipped(open: OpenPolicy, folder = shippedFolder): readonly ShippedPolicy[] {
  return jsonFilesOf(folder).map((file) => {
    const bytes = readFileSync(path.join(folder, file));
    const checksum = createHash('sha256').update(bytes).digest('hex');
    const name = path.basename(file, '.json');
    try {
      const artifact = JSON.parse(bytes.toString('utf8')) as { readonly card?: unknown };
      return { name, checksum, artifact, opened: open(artifact), fault: undefined, card: artifact.card ?? null };
    } catch (error) {
      return { name, checksum, artifact: undefined, opened: undefined, fault: `the policy ${file} that comes with the product cannot be read: ${messageOf(error)}`, card: null };
    }
  });
}

function jsonFilesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
