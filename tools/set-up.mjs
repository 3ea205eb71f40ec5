// Brings a checkout to the state in which everything can run: dependencies installed, sources compiled, the web page built.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { install, isInstalled } from './install.mjs';
import { pinnedNode, requireNode, root } from './node-version.mjs';
import { claimCheckout } from './set-up-claim.mjs';
import { runStep } from './step.mjs';

export { pinnedNode, root };

const reportFile = path.join(root, '.orrery', 'build-report.json');

/**
 * Installs when `node_modules` is absent or is not what the lock file says, compiles what changed. Resolves to a report of the steps; ends the
 * process when one of them fails.
 */
export async function setUp({ quiet = false } = {}) {
  requireNode();
  try {
    return await setUpAlone(quiet);
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS' && error.code !== 'ENOSPC') throw error;
    process.stderr.write(`orrery: cannot write in ${root}: ${error.message}\n`);
    process.exit(1);
  }
}

async function setUpAlone(quiet) {
  const claim = await claimCheckout();
  process.once('exit', claim.release);
  const report = { startedAt: new Date(), steps: [] };
  if (!isInstalled()) record(report, 'install', await install({ onStart: claim.note }));
  if (!quiet) process.stdout.write('orrery: building\n');
  const options = quiet ? ['--quiet'] : [];
  record(report, 'compile', await runStep(pinnedNode(), ['tools/build.mjs', ...options]));
  record(report, 'console', await runStep(pinnedNode(), ['tools/build-console.mjs', ...options]));
  report.finishedAt = new Date();
  save(report);
  process.off('exit', claim.release);
  claim.release();
  return report;
}

function record(report, name, { reason, advice, ...step }) {
  report.steps.push({ name, ...step });
  if (step.exitCode === 0) return;
  save(report);
  process.stderr.write(`orrery: ${name} failed (${reason})${advice ? `: ${advice}` : '; see the lines above'}\n`);
  process.exit(1);
}

function save(report) {
  mkdirSync(path.dirname(reportFile), { recursive: true });
  writeFileSync(reportFile, JSON.stringify(report, null, 2));
}
