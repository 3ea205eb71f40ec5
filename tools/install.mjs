// Installs what the lock file lists, and says how far it is and, if it fails, what to do about it.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './node-version.mjs';
import { runStep } from './step.mjs';

const firstReportMs = 3000;
const reportEveryMs = 10_000;

const options = ['--no-audit', '--no-fund', '--no-progress', '--prefer-offline', '--loglevel=http'];
/** What npm tells of each request, and its doubts about packages that are not ours to change: of interest only to us. */
const chatter = /^npm (http|warn) /;
const answered = /^npm http fetch \S+ [23]\d\d /;
const unanswered = /^npm http fetch .* attempt \d+ failed with (\S+)/;
/** Without a network npm would try each package four times, for minutes, before it says so. */
const enoughFailures = 50;

const causes = [
  [/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/, 'npm cannot reach its registry: check the network and `npm config get registry`, then start again'],
  [/EUSAGE|in sync/, 'package-lock.json does not fit package.json: run `npm install`, then `npm run lock`'],
  [/ETARGET|E404|notarget/, 'the registry has no such version: another one (`npm config get registry`) may have it'],
  [/EACCES|EPERM|EROFS/, `the files in ${root} are not yours to write`],
  [/ENOSPC|EDQUOT/, 'the disk is full'],
  [/spawn npm\S* ENOENT/, 'npm is not on the PATH: it comes with Node'],
];

/** Whether node_modules is what the lock file says: npm notes at the end of an installation what it has installed. */
export function isInstalled() {
  const present = packagesIn(path.join(root, 'node_modules', '.package-lock.json'));
  if (present === undefined) return false;
  return Object.entries(lockedPackages()).every(([place, { version, optional }]) => (place in present ? present[place].version === version : optional === true));
}

/** Runs `npm ci`. Resolves to the step's record, with the advice to give when it failed. */
export async function install({ onStart }) {
  // npm makes all folders first; a package is in place once its package.json is.
  const places = Object.entries(lockedPackages())
    .filter(([place, { optional, link }]) => place.includes('node_modules/') && !optional && !link)
    .map(([place]) => path.join(root, place, 'package.json'));
  // The runtime for networks would fetch libraries for CUDA from outside the registry; .npmrc says so too, which a later npm may not pass on.
  process.env.ONNXRUNTIME_NODE_INSTALL = 'skip';
  process.stdout.write(`orrery: installing ${places.length} packages (the first time only; a minute or two)\n`);
  const stopReporting = reportProgress(places);
  const errors = [];
  const network = watchNetwork();
  const step = await runStep(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', ...options], {
    onStart,
    onErrorLine: (line) => {
      if (!chatter.test(line)) {
        errors.push(line);
        process.stderr.write(`${line}\n`);
      }
      return network(line);
    },
  });
  stopReporting();
  return { ...step, advice: causes.find(([pattern]) => pattern.test(`${errors.join('\n')}\n${step.reason}`))?.[1] };
}

/** Tells from npm's lines when the network is not there at all: many requests failed, none was answered. */
function watchNetwork() {
  let failures = 0;
  return (line) => {
    if (answered.test(line)) failures = -Infinity;
    const cause = unanswered.exec(line)?.[1];
    if (cause !== undefined) failures += 1;
    return failures >= enoughFailures ? cause : undefined;
  };
}

function reportProgress(places) {
  const startedAtMs = performance.now();
  const report = () => {
    const count = places.filter((place) => existsSync(place)).length;
    process.stdout.write(`orrery: ${count} of ${places.length} packages in place after ${Math.round((performance.now() - startedAtMs) / 1000)} s\n`);
  };
  let timer = setTimeout(() => {
    report();
    timer = setInterval(report, reportEveryMs);
  }, firstReportMs);
  return () => clearTimeout(timer);
}

function lockedPackages() {
  const { '': _project, ...packages } = packagesIn(path.join(root, 'package-lock.json')) ?? {};
  return packages;
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
