import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BrokerError, MissingProgramError } from './broker-error.mjs';
import { toPropertiesText } from './broker-settings.mjs';
import { run, sendSignal } from './processes.mjs';
import { LOG_SETTINGS, serverJars } from './server-jars.mjs';

const LEAST_JAVA = 17;

/**
 * Resolves to the engine that runs the broker as a Java program of this machine.
 *
 * @throws ORRERY_DEPENDENCY when Java 17 or Maven is missing, or the jars cannot be fetched.
 */
export async function javaEngine({ dataFolder, env, log, signal }) {
  const topicsFolder = path.join(dataFolder, 'topics');
  // Kafka splits `log.dirs` at commas.
  if (dataFolder.includes(',')) {
    throw new BrokerError('ORRERY_CONFIG', `The data folder must not have a comma in its path: ${dataFolder}`);
  }
  const java = await findJava(env);
  const context = { dataFolder, topicsFolder, env, java, jars: await serverJars({ env, log, signal }) };
  return {
    name: 'Java',
    logName: 'broker.log',
    topicsFolder,
    prepare: (settings) => formatTopicsFolder(context, settings),
    launch: (settings) => launch(context, settings),
    kill: (child) => sendSignal(child.pid, 'SIGKILL'),
    erase: () => erase(topicsFolder),
    clusterId: () => clusterIdOf(topicsFolder),
  };
}

async function findJava(env) {
  const java = env.JAVA_HOME ? path.join(env.JAVA_HOME, 'bin/java') : 'java';
  const where = env.JAVA_HOME ? `JAVA_HOME is ${env.JAVA_HOME}` : 'JAVA_HOME is not set';
  const remedy = `install a Java ${LEAST_JAVA} runtime or newer, then set JAVA_HOME or put \`java\` on PATH`;
  const { stderr } = await run(java, ['-version'], { env }).catch((cause) => {
    throw new MissingProgramError(`Java ${LEAST_JAVA} not found: ${where} and \`${java} -version\` fails; ${remedy}`, { cause });
  });
  const version = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1];
  if (Number(version) >= LEAST_JAVA) return java;
  throw new MissingProgramError(`Java ${LEAST_JAVA} not found: ${where} and \`${java}\` is version ${version ?? 'unknown'}; ${remedy}`);
}

// The folder gets its name only when it is whole: a format that was interrupted is done again from the start.
async function formatTopicsFolder(context, settings) {
  if (existsSync(context.topicsFolder)) return;
  const unfinished = `${context.topicsFolder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const file = path.join(context.dataFolder, 'format.properties');
  await writeFile(file, toPropertiesText({ ...settings, 'log.dirs': unfinished }));
  const words = ['kafka.tools.StorageTool', 'format', `--cluster-id=${randomClusterId()}`, '-c', file];
  try {
    await run(context.java, [...(await javaOptions(context)), ...words], { env: context.env });
  } catch (cause) {
    const reason = `${cause.stderr ?? ''}${cause.stdout ?? ''}`.trim() || cause.message;
    throw new BrokerError('ORRERY_DEPENDENCY', `Kafka could not format ${context.topicsFolder}: ${reason}`, { cause });
  }
  await rm(file);
  await rename(unfinished, context.topicsFolder);
}

// `stdio` goes to a file: a pipe would break, and with it the broker, when this process is killed.
async function launch(context, settings) {
  const file = path.join(context.dataFolder, 'server.properties');
  await writeFile(file, toPropertiesText(settings));
  const words = [...(await javaOptions(context)), 'kafka.Kafka', file];
  const output = openSync(path.join(context.dataFolder, 'broker.out'), 'w');
  try {
    return spawn(context.java, words, { env: context.env, detached: true, stdio: ['ignore', output, output] });
  } finally {
    closeSync(output);
  }
}

async function javaOptions({ dataFolder, jars, env }) {
  // Compression libraries unpack themselves here; a killed broker would leave them in the system's folder for ever.
  const temporary = path.join(dataFolder, 'tmp');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  return [
    `-Xmx${env.ORRERY_KAFKA_HEAP || '384m'}`,
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:-UsePerfData',
    '-Djava.awt.headless=true',
    `-Djava.io.tmpdir=${temporary}`,
    `-Dlog4j2.configurationFile=${LOG_SETTINGS}`,
    `-Dorrery.kafka.log=${path.join(dataFolder, 'broker.log')}`,
    '-cp',
    path.join(jars, '*'),
  ];
}

async function erase(topicsFolder) {
  await rm(`${topicsFolder}.unfinished`, { recursive: true, force: true });
  if (!existsSync(topicsFolder)) return;
  if (!existsSync(path.join(topicsFolder, 'meta.properties'))) {
    throw new BrokerError('ORRERY_CONFIG', `${topicsFolder} is not erased: it has no meta.properties, so no Kafka broker made it`);
  }
  await rm(topicsFolder, { recursive: true });
}

async function clusterIdOf(topicsFolder) {
  const text = await readFile(path.join(topicsFolder, 'meta.properties'), 'utf8').catch(() => '');
  return /^cluster\.id=(.+)$/m.exec(text)?.[1];
}

function randomClusterId() {
  return randomBytes(16).toString('base64url');
}
