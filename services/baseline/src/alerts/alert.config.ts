import { listSetting } from '@orrery/config';
import { z } from 'zod';
import { isNetwork } from './domain/address-policy.js';

const sender = /^(?:[^<>"\r\n]{1,100} <([^\s<>@]{1,64}@[^\s<>@]{1,190})>|([^\s<>@]{1,64}@[^\s<>@]{1,190}))$/;

/** Settings of alerts, beside those of the service. */
export const alertSettings = {
  /** smtp://user:password@host:587 (with STARTTLS) or smtps://host:465; absent means that no mail is sent. */
  ORRERY_ALERT_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Whom mails come from: alerts@example.org or Orrery <alerts@example.org>. */
  ORRERY_ALERT_FROM: z.string().regex(sender).optional(),
  /** Networks in CIDR notation, comma-separated, that alerts may be sent to although they are not public, and without TLS. */
  ORRERY_ALERT_ALLOWED_NETWORKS: listSetting.pipe(z.array(z.string().refine(isNetwork, 'expected networks in CIDR notation, for example 10.1.0.0/16,fd00::/8'))).default([]),
  /** Alerts on their way at one time. */
  ORRERY_ALERT_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(8),
  /** Attempts until a delivery counts as failed; 16 take about 22 h. */
  ORRERY_ALERT_MAX_ATTEMPTS: z.coerce.number().int().min(1).max(40).default(16),
};

export type AlertConfig = z.output<z.ZodObject<typeof alertSettings>>;
