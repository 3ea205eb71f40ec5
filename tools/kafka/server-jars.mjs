import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BrokerError, MissingProgramError } from './broker-error.mjs';
import { run } from './processes.mjs';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const POM = path.join(REPOSITORY, 'deploy/kafka/local/pom.xml');
const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies';
const STALE_AFTER_MS = 60 * 60 * 1000;
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 10 * 60 * 1000;

/** The log4j2 settings that send the broker's log to the file named by `-Dorrery.kafka.log`. */
export const LOG_SETTINGS = path.join(REPOSITORY, 'deploy/kafka/local/log4j2.xml');

/** The folder under which everything local to this checkout lies. */
export const LOCAL_FOLDER = path.join(REPOSITORY, '.orrery/kafka');

/** Resolves to the Kafka version that the pom names, for example `4.3.1`. */
export async function kafkaVersion() {
  return /<kafka\.version>([^<]+)</.exec(await readFile(POM, 'utf8'))[1];
}

/**
 * Resolves to a folder with the jars of the broker, fetched once by Maven for each content of the pom.
 *
 * Maven fills a folder of its own that takes the final name, the pom's hash, only when it is complete: neither an
 * interrupted download nor two at once leave a half-filled folder behind.
 *
 * @throws ORRERY_DEPENDENCY when Maven is missing or cannot fetch.
 */
export async function serverJars({ env, log, signal }) {
  const cache = path.resolve(env.ORRERY_KAFKA_LIB || path.join(LOCAL_FOLDER, 'lib'));
  const hash = createHash('sha256').update(await readFile(POM)).digest('hex').slice(0, 16);
  const folder = path.join(cache, hash);
  if (existsSync(folder)) return folder;

  await mkdir(cache, { recursive: true });
  await removeStaleDownloads(cache);
  const download = path.join(cache, `download-${Date.now()}-${randomBytes(4).toString('hex')}`);
  log(`Fetching the jars of Kafka ${await kafkaVersion()} with Maven (about 45 MB, only once) ...`);
  try {
    await runMaven(download, { env, signal });
    await rename(download, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(download, { recursive: true, force: true });
  }
  return folder;
}

async function runMaven(outputDirectory, { env, signal }) {
  // -U: a failure that Maven remembers from an earlier try must not stop this one.
  const options = ['-B', '-q', '-ntp', '-U', '-f', POM, GOAL, `-DoutputDirectory=${outputDirectory}`];
  try {
    await run('mvn', options, { env, signal, timeout: FETCH_TIMEOUT_MS, maxBuffer: OUTPUT_LIMIT_BYTES });
  } catch (cause) {
    if (cause.name === 'AbortError') throw cause;
    if (cause.code === 'ENOENT') throw new MissingProgramError('mvn not found: install Maven 3.6.3 or newer, or put it on PATH', { cause });
    const what = `Maven could not fetch the Kafka jars (exit ${cause.code ?? cause.signal})`;
    throw new BrokerError('ORRERY_DEPENDENCY', `${what}: ${mavenFault(cause)}`, { cause });
  }
}

// Maven explains a fault in its first error line; the rest is advice on its own options.
function mavenFault({ stdout = '', stderr = '', message }) {
  const fault = /\[ERROR\] (\S.*)/.exec(`${stdout}\n${stderr}`)?.[1];
  return fault?.replace(/ -> \[Help \d+\].*/, '') ?? message;
}

async function removeStaleDownloads(cache) {
  for (const name of await readdir(cache)) {
    const startedAt = Number(/^download-(\d+)-/.exec(name)?.[1]);
    if (Date.now() - startedAt > STALE_AFTER_MS) await rm(path.join(cache, name), { recursive: true, force: true });
  }
}
