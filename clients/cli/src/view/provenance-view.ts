import type { Artifact, Place, Provenance } from '../api-shapes.js';
import { oneLine, type Style } from './style.js';
import { showBytes, showMoment } from './time.js';

const SHOWN = 20;

/** Says in words who made something, from what, and who read it since. */
export function tellProvenance(provenance: Provenance, what: string, style: Style): string[] {
  const { versions } = provenance;
  const head = style.strong(oneLine(what, 200));
  if (versions.length === 0) return [head, '  is not known to any run'];
  const plural = versions.length === 1 ? '' : `  ${versions.length} versions`;
  return [`${head}${plural}`, ...versions.slice(0, SHOWN).flatMap((version) => tellVersion(version, style)), ...rest(versions.length)];
}

function rest(count: number): string[] {
  return count > SHOWN ? [`… ${count - SHOWN} more`] : [];
}

function tellVersion({ digest, size_bytes: sizeBytes, produced_by: makers, read_by: readers }: Provenance['versions'][number], style: Style): string[] {
  const lines = [`${digest ?? 'content not hashed'}${sizeBytes === null ? '' : `  ${showBytes(sizeBytes)}`}`];
  for (const maker of makers.slice(0, SHOWN)) {
    lines.push(`  ${style.good('made')} ${tellPlace(maker)}`);
    for (const input of maker.inputs.slice(0, SHOWN)) lines.push(style.faint(`    from ${tellArtifact(input)}`));
    lines.push(...rest(maker.inputs.length).map((line) => `    ${line}`));
  }
  lines.push(...rest(makers.length).map((line) => `  ${line}`));
  if (makers.length === 0) lines.push(style.faint('  no run is known to have made it'));
  for (const reader of readers.slice(0, SHOWN)) lines.push(`  read ${tellPlace(reader)}`);
  lines.push(...rest(readers.length).map((line) => `  ${line}`));
  return lines;
}

function tellPlace({ run, task, event, actor, occurred_at: at }: Place): string {
  const parts = [
    actor === null ? '' : `by ${oneLine(actor, 60)}`,
    event === null ? '' : `in ${[event.kind, event.name].filter(Boolean).join(' ')}`,
    task === null ? '' : `in task ${oneLine(task.name ?? task.task_id, 60)}`,
    `of ${oneLine(run.workflow ?? 'run', 60)} (${run.run_id.slice(0, 8)})`,
    showMoment(at) && `at ${showMoment(at)} UTC`,
  ];
  return parts.filter(Boolean).join(' ');
}

function tellArtifact({ uri, namespace, name, digest }: Artifact): string {
  const label = uri ?? [namespace, name].filter(Boolean).join('/');
  return `${oneLine(label, 120)}${digest === null ? '' : `  ${digest.slice(0, 15)}`}`;
}
