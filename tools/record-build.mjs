// Tells the platform how its own build went, as a run of the workflow "orrery build".
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './set-up.mjs';

function git(...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** What each step wrote that is worth finding again: the services' entry files and the web page. */
function filesOf(stepName) {
  const folders = { compile: ['services', 'clients', 'libs'], console: ['services/console'] }[stepName] ?? [];
  return folders.flatMap((folder) => {
    const candidates = stepName === 'console' ? ['dist/index.html'] : readdirSync(path.join(root, folder)).map((name) => `${name}/dist/index.js`);
    return candidates.map((file) => path.join(folder, file)).filter((file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile());
  });
}

function artifactOf(stepName, file) {
  const bytes = readFileSync(path.join(root, file));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { task: stepName, direction: 'output', uri: `file:${file}`, name: file, digest, size_bytes: bytes.length, actor: 'npm start' };
}

function taskOf(step, index, steps) {
  const outcome = step.exitCode === 0 ? 'success' : 'failure';
  return {
    id: step.name,
    name: step.name,
    kind: 'step',
    depends_on: index > 0 ? [steps[index - 1].name] : [],
    status: 'finished',
    outcome,
    started_at: step.startedAt,
    finished_at: step.finishedAt,
    ...(outcome === 'failure' ? { error: { type: 'ExitCode', message: `exit code ${step.exitCode}`, exit_code: step.exitCode } } : {}),
  };
}

function eventOf(step) {
  return {
    id: `${step.name}/command`,
    task: step.name,
    kind: 'code_execution',
    name: step.command,
    actor: 'npm start',
    status: 'finished',
    outcome: step.exitCode === 0 ? 'success' : 'failure',
    started_at: step.startedAt,
    finished_at: step.finishedAt,
  };
}

/** Sends the report of a set-up; the id is the moment it began, so that telling it twice is telling it once. */
export async function recordBuild(url, report, apiKey) {
  const id = `build-${report.startedAt.toISOString()}`;
  const { steps } = report;
  const data = {
    run: {
      id,
      workflow: 'orrery build',
      namespace: 'orrery',
      status: 'finished',
      outcome: steps.every((step) => step.exitCode === 0) ? 'success' : 'failure',
      started_at: report.startedAt,
      finished_at: report.finishedAt,
      trigger: 'npm start',
      version_control: { revision: git('rev-parse', 'HEAD'), ref_name: git('rev-parse', '--abbrev-ref', 'HEAD'), ref_type: 'branch' },
      labels: { node: process.version, platform: `${process.platform}-${process.arch}` },
    },
    tasks: steps.map(taskOf),
    events: steps.map(eventOf),
    artifacts: steps.flatMap((step) => filesOf(step.name).map((file) => artifactOf(step.name, file))),
  };
  const event = { specversion: '1.0', id, source: 'urn:orrery:build', type: 'dev.orrery.execution.v1', time: report.finishedAt, data };
  const response = await fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
    body: JSON.stringify(event),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
