import { z } from 'zod';

/** A switch: true, 1, yes, on or false, 0, no, off. */
export const booleanSetting = z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] });

/** A comma-separated list; blanks around and between entries are dropped. */
export const listSetting = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** Where the service listens. */
export const httpSettings = {
  ORRERY_HOST: z.string().default('127.0.0.1'),
  ORRERY_PORT: z.coerce.number().int().min(0).max(65535).default(4600),
  /** `tenant:key` or `tenant:sha256:HEX` entries; without any, only loopback is served. */
  ORRERY_API_KEYS: listSetting.optional(),
};

/** Which database and which log stand behind the ports. */
export const backendSettings = {
  /** Any PostgreSQL >= 15; absent means the embedded one. */
  ORRERY_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ORRERY_DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  /** Bootstrap servers of Apache Kafka; absent means PostgreSQL is the log. */
  ORRERY_KAFKA_BROKERS: listSetting.optional(),
  /** Put before every topic and group name, so that several installations can share a broker. */
  ORRERY_TOPIC_PREFIX: z.string().max(40).regex(/^[A-Za-z0-9._-]*$/).default(''),
  /** Where the embedded database keeps its files. */
  ORRERY_DATA_FOLDER: z.string().default('.orrery'),
};

export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  ORRERY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
};
