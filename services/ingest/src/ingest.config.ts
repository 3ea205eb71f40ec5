import { backendSettings, httpSettings, listSetting, telemetrySettings } from '@orrery/config';
import { z } from 'zod';
import { formats, type Format } from './domain/source-event.js';

/** A foreign topic that ingest reads, what its records are, and whose they are. */
export interface SourceTopic {
  readonly topic: string;
  /** Absent means that each record is sniffed. */
  readonly format?: Format;
  readonly tenantId: string;
}

const sourceTopic = z.string().transform((entry, context): SourceTopic => {
  const [topic = '', format = 'auto', tenantId = 'default', ...rest] = entry.split(':');
  const isKnown = format === 'auto' || (formats as readonly string[]).includes(format);
  if (topic === '' || !isKnown || rest.length > 0) {
    context.addIssue({ code: 'custom', message: `expected topic:format or topic:format:tenant, format one of auto, ${formats.join(', ')}` });
    return z.NEVER;
  }
  return format === 'auto' ? { topic, tenantId } : { topic, format: format as Format, tenantId };
});

/** All settings that ingest adds to those every service has. */
export const ingestSettings = {
  /** `topic:format[:tenant]`, comma-separated: topics of other producers to read; format `auto` sniffs each record. */
  ORRERY_INGEST_TOPICS: listSetting.pipe(z.array(sourceTopic)).default([]),
  /** `tenant:secret`, comma-separated: a payload signed with one of them is that tenant's and needs no API key. */
  ORRERY_GITHUB_WEBHOOK_SECRETS: listSetting.default([]),
  /** Records waiting for the log, in bytes; above it requests get 503. */
  ORRERY_INGEST_PENDING_BYTES: z.coerce.number().int().min(1_000_000).default(64 * 1024 * 1024),
};

export const ingestConfigSchema = z.object({ ...httpSettings, ...backendSettings, ...telemetrySettings, ...ingestSettings });

export type IngestConfig = z.output<z.ZodObject<typeof ingestSettings>>;
