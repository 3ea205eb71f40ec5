import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { toImageEnvironment } from './broker-settings.mjs';
import { run } from './processes.mjs';
import { kafkaVersion } from './server-jars.mjs';

const TOPICS_FOLDER = '/var/lib/kafka/data';

/**
 * Resolves to the engine that runs the broker from the `apache/kafka` image, or to `undefined` when no Docker engine answers.
 *
 * The topics lie in a named volume, not in the data folder: the image runs as a user of its own, who could not write there.
 */
export async function dockerEngine({ dataFolder, env, log }) {
  if (!(await answers(env))) return undefined;
  const name = `orrery-kafka-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`;
  const image = `apache/kafka:${await kafkaVersion()}`;
  const docker = (...words) => run('docker', words, { env });
  return {
    name: `Docker, ${image}, volume ${name}`,
    logName: 'broker.out',
    topicsFolder: TOPICS_FOLDER,
    listenHost: '0.0.0.0',
    prepare: async () => {
      await docker('rm', '--force', name).catch(() => {});
      log(`Starting ${image} with Docker (the first time it is fetched) ...`);
      await docker('image', 'inspect', image).catch(() => docker('pull', '--quiet', image));
    },
    launch: async (settings) => {
      const output = openSync(path.join(dataFolder, 'broker.out'), 'w');
      try {
        // In the foreground `docker run` passes SIGTERM on and ends with the container.
        const words = runWords({ name, image, settings, heap: env.ORRERY_KAFKA_HEAP || '384m' });
        return spawn('docker', words, { env, detached: true, stdio: ['ignore', output, output] });
      } finally {
        closeSync(output);
      }
    },
    kill: () => docker('kill', name).catch(() => {}),
    erase: async () => {
      await docker('rm', '--force', name).catch(() => {});
      await docker('volume', 'rm', '--force', name);
    },
    clusterId: async () => undefined,
  };
}

async function answers(env) {
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { env, timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

function runWords({ name, image, settings, heap }) {
  const published = /^PLAINTEXT:\/\/(.+)$/.exec(settings['advertised.listeners'])[1];
  const port = published.slice(published.lastIndexOf(':') + 1);
  const environment = { ...toImageEnvironment(settings), KAFKA_HEAP_OPTS: `-Xmx${heap}` };
  return [
    ...['run', '--rm', '--name', name, '--publish', `${published}:${port}`, '--volume', `${name}:${TOPICS_FOLDER}`],
    ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    image,
  ];
}
