import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const oldest = [20, 19];

/** Ends the process with one line when this Node is too old to go on. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  process.stderr.write(`orrery: this is Node ${process.version}, and ${oldest.join('.')} or later is needed: https://nodejs.org/en/download\n`);
  process.exit(1);
}

let chosen;

/** The Node that the lock file pins; the one that runs this script where that one is not installed or does not run. */
export function pinnedNode() {
  chosen ??= runs(path.join(root, 'node_modules', '.bin', 'node')) ?? process.execPath;
  return chosen;
}

function runs(program) {
  return existsSync(program) && spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0 ? program : undefined;
}
