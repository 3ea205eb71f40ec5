import { BrokerError } from './broker-error.mjs';

/**
 * Returns the settings of one broker that is its own controller.
 *
 * `listenHost` differs from `host` inside a container, where the broker must listen on every address.
 * The controller's port may change from start to start: voters given in the settings are not kept in the data.
 */
export function brokerSettings({ host, listenHost = host, port, controllerPort, partitions, topicsFolder, overrides = {} }) {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: `PLAINTEXT://${listenHost}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port}`,
    'log.dirs': topicsFolder,
    'num.partitions': String(partitions),
    'auto.create.topics.enable': 'false',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    // With one broker the default factor of 3 would leave these internal topics for ever uncreated.
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // 50 partitions each by default: seconds at the first consumer, for nothing on one broker.
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.num.partitions': '4',
    // After a crash the new broker waits until the session of the dead one ends: 9 s by default. A heartbeat
    // every 2 s, the default, would also delay every start.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '300',
    // The default waits three seconds for further members before every first assignment.
    'group.initial.rebalance.delay.ms': '0',
    // The default of 128 MiB is a third of our heap; the least that is allowed is 1 MiB a thread.
    'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
    ...overrides,
  };
}

/** Returns the text of a `.properties` file: Latin-1 with everything else escaped, as `java.util.Properties` reads it. */
export function toPropertiesText(settings) {
  return Object.entries(settings)
    .map(([key, value]) => `${escapeProperty(key)}=${escapeProperty(String(value))}\n`)
    .join('');
}

/**
 * Returns the settings as the `apache/kafka` image takes them: `log.dirs` becomes `KAFKA_LOG_DIRS`.
 *
 * @throws ORRERY_CONFIG when a key holds a character that the image cannot carry.
 */
export function toImageEnvironment(settings) {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      if (!/^[a-z0-9.]+$/.test(key)) {
        throw new BrokerError('ORRERY_CONFIG', `The Kafka image cannot take the setting ${key}: expected a-z, 0-9 and dots`);
      }
      return [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, String(value)];
    }),
  );
}

function escapeProperty(text) {
  return text.replace(/[\\=:#!\s]|[^\x20-\x7e]/g, (character) =>
    /[\\=:#!]/.test(character) ? `\\${character}` : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
