import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isOrreryError, OrreryError } from '@orrery/errors';
import type { Command } from 'commander';
import type { ApiClient, Query } from '../api-client.js';
import type { Provenance } from '../api-shapes.js';
import { digestFile } from '../exec/file-digest.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { tellProvenance } from '../view/provenance-view.js';

const DIGEST = /^[a-z0-9]+:[0-9a-f]{32,}$/i;
const URI = /^[a-z][a-z0-9+.-]+:/i;

export function defineArtifact(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('artifact')
    .summary('tell who made a file, from what, and who read it')
    .description('Tells which run, task and agent made a file, from which inputs, and who read it since.')
    .argument('<what>', 'path of a file, URI, or digest (sha256:HEX)')
    .action((what: string, options: ConnectionOptions) => artifact(what, options, surroundings));
  shareOptions(command, { examples: ['orrery artifact dist/app.js', 'orrery artifact s3://models/churn.onnx', 'orrery artifact sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] });
}

async function artifact(what: string, options: ConnectionOptions, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const { provenance, note } = await look(client, what);
  if (isJson) terminal.document(provenance);
  else {
    if (note !== undefined) terminal.remark(note);
    for (const line of tellProvenance(provenance, what, terminal.style)) terminal.line(line);
  }
}

/** Looks by name, and for a local file that no run knows by name, by its content: it may have been copied or renamed. */
async function look(client: ApiClient, what: string): Promise<{ readonly provenance: Provenance; readonly note?: string }> {
  if (DIGEST.test(what)) return { provenance: await ask(client, { hash: what.toLowerCase() }, what) };
  if (URI.test(what)) return { provenance: await ask(client, { uri: what }, what) };
  const path = resolve(what);
  try {
    return { provenance: await ask(client, { uri: pathToFileURL(path).href }, what) };
  } catch (error) {
    if (!isOrreryError(error) || error.code !== 'ORRERY_NOT_FOUND' || !existsSync(path)) throw error;
    const digest = await digestFile(path);
    return { provenance: await ask(client, { hash: digest }, what), note: `no run names this path; its content is known as ${digest}` };
  }
}

async function ask(client: ApiClient, query: Query, what: string): Promise<Provenance> {
  const provenance = await client.get<Provenance>('/api/v1/artifacts/provenance', query);
  if (provenance.versions.length === 0) throw new OrreryError('ORRERY_NOT_FOUND', `no run is known to have read or written ${what}`);
  return provenance;
}
