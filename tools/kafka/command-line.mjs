import path from 'node:path';
import { parseArgs } from 'node:util';
import { BrokerError } from './broker-error.mjs';

const DEFAULT_PORT = 9092;

export const HELP = `Starts a real Apache Kafka broker (KRaft) on this machine, in the foreground. Ctrl-C stops it.

Usage: npm run kafka -- [options]

  --port PORT    port to listen on; 0 takes any free one (default ${DEFAULT_PORT})
  --data FOLDER  where topics, settings and log lie (default .orrery/kafka/data)
  --fresh        erase the topics in that folder first
  --help         show this text

Examples:
  npm run kafka
  npm run kafka -- --port 0 --data /tmp/kafka --fresh
  ORRERY_KAFKA_BROKERS=127.0.0.1:${DEFAULT_PORT} npm run start:kafka

Environment:
  JAVA_HOME          the Java to use, 17 or newer (default: \`java\` on PATH)
  ORRERY_KAFKA_LIB   where the broker's jars are kept (default .orrery/kafka/lib)
  ORRERY_KAFKA_HEAP  the broker's heap (default 384m)

Without Java or Maven it uses the apache/kafka image, where Docker runs.
Exit codes: 0 stopped on request, 1 the broker failed, 2 wrong options.`;

/**
 * Reads the options of `npm run kafka`; a relative folder is taken from `workingFolder`.
 *
 * @throws ORRERY_CONFIG when an option is unknown or its value is out of range.
 */
export function parseCommandLine(words, { defaultDataFolder, workingFolder }) {
  const { values } = parse(words);
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
  if (!/^\d+$/.test(values.port ?? '0') || port > 65_535) {
    throw new BrokerError('ORRERY_CONFIG', `--port ${values.port}: expected a number from 0 to 65535`);
  }
  if (values.data === '') throw new BrokerError('ORRERY_CONFIG', '--data: expected a folder');
  return {
    isHelp: values.help === true,
    isFresh: values.fresh === true,
    port,
    dataFolder: values.data === undefined ? defaultDataFolder : path.resolve(workingFolder, values.data),
  };
}

function parse(words) {
  try {
    return parseArgs({
      args: words,
      options: { port: { type: 'string' }, data: { type: 'string' }, fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (cause) {
    throw new BrokerError('ORRERY_CONFIG', cause.message, { cause });
  }
}
