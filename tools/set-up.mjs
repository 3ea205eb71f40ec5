// Brings a checkout to the state in which everything can run: dependencies installed, sources compiled.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const lockFile = path.join(root, 'package-lock.json');
const stampFile = path.join(root, 'node_modules', '.orrery-lock-hash');
const reportFile = path.join(root, '.orrery', 'build-report.json');

/** The Node that the lock file pins; the one that runs this script where the platform has no such package. */
export function pinnedNode() {
  const pinned = path.join(root, 'node_modules', '.bin', 'node');
  return existsSync(pinned) ? pinned : process.execPath;
}

/** Runs a step, passes its output through and remembers how long it took. Ends the process when it fails. */
function step(report, name, command, args, options = {}) {
  const startedAt = new Date();
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  const finishedAt = new Date();
  report.steps.push({ name, command: [path.basename(command), ...args].join(' '), startedAt, finishedAt, exitCode: status ?? 1 });
  if (status === 0) return;
  saveReport(report);
  process.stderr.write(`orrery: ${name} failed (${error?.message ?? signal ?? `exit code ${status}`}); see the lines above\n`);
  process.exit(status ?? 1);
}

/** Installs when `node_modules` is absent or older than the lock file, compiles what changed. */
export function setUp({ quiet = false } = {}) {
  const report = { startedAt: new Date(), steps: [] };
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  const isInstalled = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
  if (!isInstalled) {
    process.stdout.write('orrery: installing dependencies (once; about a minute)\n');
    step(report, 'install', process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    writeFileSync(stampFile, hash);
  }
  if (!quiet) process.stdout.write('orrery: building\n');
  step(report, 'compile', pinnedNode(), ['tools/build.mjs', ...(quiet ? ['--quiet'] : [])]);
  step(report, 'console', pinnedNode(), ['tools/build-console.mjs', ...(quiet ? ['--quiet'] : [])]);
  report.finishedAt = new Date();
  saveReport(report);
  return report;
}

function saveReport(report) {
  mkdirSync(path.dirname(reportFile), { recursive: true });
  writeFileSync(reportFile, JSON.stringify(report, null, 2));
}
