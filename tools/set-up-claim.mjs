// One set-up at a time works on a checkout: two `npm ci` in one folder destroy each other's work.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, isAlive } from './kafka/processes.mjs';
import { root } from './node-version.mjs';

const file = path.join(root, '.orrery', 'set-up.json');
const pauseMs = 300;

/** Waits for any other set-up, then claims the checkout; `note` adds a program to the claim that may outlive us. */
export async function claimCheckout() {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let isTold = false; !isClaimed(); isTold = true) {
    const claim = readClaim(file);
    const holder = claim.holders.find(isAlive);
    if (holder === undefined) removeClaim(claim);
    else if (!isTold) process.stdout.write(`orrery: another set-up of this folder is running (process ${holder.pid}); waiting for it\n`);
    await sleep(holder === undefined ? 0 : pauseMs);
  }
  return {
    note: (pid) => renameSync(draftFor([process.pid, pid]), file),
    release: () => rmSync(file, { force: true }),
  };
}

function isClaimed() {
  const draft = draftFor([process.pid]);
  try {
    // Linking is atomic and the file is complete at once, unlike an exclusive create followed by a write.
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function draftFor(pids) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(pids.map(identityOf).filter((identity) => identity !== undefined)));
  return draft;
}

function readClaim(place) {
  try {
    const text = readFileSync(place, 'utf8');
    return { text, holders: JSON.parse(text) };
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return { text: '', holders: [] };
    throw error;
  }
}

/** Removes the claim of a process that has ended, unless someone else was faster and the claim is theirs by now. */
function removeClaim({ text }) {
  const aside = `${file}.${process.pid}.aside`;
  try {
    renameSync(file, aside);
    if (readClaim(aside).text !== text) linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}
