import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerError } from './broker-error.mjs';
import { identityOf, isAlive, stopProcess } from './processes.mjs';

const STOP_GRACE_MS = 20_000;
const OWNER_GRACE_MS = 30_000;
const POLL_MS = 100;

/**
 * Makes this process the only owner of a data folder until `release` or its end, and stops a broker whose owner was killed.
 *
 * `supervisorPid` is a process without which the owner will not go on either (npm, when it started us): where that
 * one is gone, the owner is waited for.
 *
 * @throws ORRERY_CONFIG when another process runs a broker on the folder.
 */
export async function claimDataFolder(dataFolder, { supervisorPid, log }) {
  const file = path.join(dataFolder, 'broker.pid');
  const lock = await takeLock(dataFolder, file);
  const orphan = readRecord(file).broker;
  if (isAlive(orphan)) {
    log(`Stopping the broker (process ${orphan.pid}) whose owner was killed ...`);
    await stopProcess(orphan, STOP_GRACE_MS);
  }
  const record = { owner: identityOf(process.pid), supervisor: identityOf(supervisorPid) };
  writeFileSync(file, JSON.stringify(record));
  return {
    recordBroker: (pid, port) => writeFileSync(file, JSON.stringify({ ...record, broker: identityOf(pid), port })),
    release: () => {
      if (!lock.listening) return;
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

async function takeLock(dataFolder, file) {
  const name = lockName(dataFolder);
  const deadline = Date.now() + OWNER_GRACE_MS;
  for (;;) {
    const lock = await listen(name);
    if (lock) return lock;
    const { owner, supervisor, port } = readRecord(file);
    const isOwnerEnding = supervisor !== undefined && !isAlive(supervisor);
    if (!isOwnerEnding || Date.now() > deadline) {
      const details = owner ? ` (started by process ${owner.pid}${port ? `, port ${port}` : ''})` : '';
      const message = `Kafka already runs on ${dataFolder}${details}: stop that one, or use another data folder`;
      throw new BrokerError('ORRERY_CONFIG', message);
    }
    await sleep(POLL_MS);
  }
}

// A socket in Linux's abstract namespace (unix(7)) is a lock that the kernel lifts when its holder ends in any way:
// unlike a file it cannot be left behind, so that two starters never both take over from a dead one.
function lockName(dataFolder) {
  return `\0orrery-kafka-${createHash('sha256').update(realpathSync(dataFolder)).digest('hex')}`;
}

function listen(name) {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(name, () => resolve(server.unref()));
  });
}

// Only the holder of the lock writes; a record that is not whole was cut off with its writer.
function readRecord(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
