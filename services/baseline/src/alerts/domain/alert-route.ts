import { severities, type Severity } from './alertable-anomaly.js';
import { isTimeZone, type QuietHours } from './quiet-hours.js';
import { refusedTarget } from './target-url.js';
import { isWebhookSecret } from './webhook-signature.js';
import { z } from 'zod';

export const groupFields = ['workflow', 'task', 'type', 'severity'] as const;
export type GroupField = (typeof groupFields)[number];

export interface RouteMatch {
  /** Globs; empty means every workflow. */
  readonly workflows: readonly string[];
  readonly severity_at_least: Severity;
  /** Empty means every type. */
  readonly types: readonly string[];
}

export interface WebhookTarget {
  readonly kind: 'webhook';
  readonly url: string;
  /** `whsec_` and base64, as Standard Webhooks has it. */
  readonly secret: string;
}

/** The path of the URL is the credential. */
export interface SlackTarget {
  readonly kind: 'slack';
  readonly url: string;
}

export interface EmailTarget {
  readonly kind: 'email';
  readonly to: readonly string[];
}

export type AlertTarget = WebhookTarget | SlackTarget | EmailTarget;

/** Who is told of which anomalies, where and when. */
export interface AlertRoute {
  readonly route_id: string;
  readonly name: string;
  readonly match: RouteMatch;
  readonly target: AlertTarget;
  /** Nothing but critical is sent within them. */
  readonly quiet_hours: QuietHours | null;
  /** Alerts that are alike in these go out in one message; empty means all of a route. */
  readonly group_by: readonly GroupField[];
  /** How long the first alert of a message waits for others. */
  readonly group_wait_s: number;
  /** How long an anomaly stays open until it is told again; null for never. */
  readonly repeat_after_s: number | null;
  readonly is_enabled: boolean;
}

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 22:00');
// Visible ASCII without the characters that end or part an address, so that no header can be begun with one.
const mailAddress = z.string().max(254).regex(/^[A-Za-z0-9._%+'/=!#$&*^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}$/, 'expected a mail address such as team@example.org');

const targetUrl = z
  .string()
  .max(2048)
  .superRefine((text, context) => {
    const fault = refusedTarget(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

const webhookSecret = z
  .string()
  .max(200)
  .refine(isWebhookSecret, 'expected whsec_ and 24 to 64 random bytes in base64 (Standard Webhooks): echo "whsec_$(openssl rand -base64 32)"')
  .describe('Signs what is sent (Standard Webhooks). Never shown again; left out, the present one stays');

const quietHours = z
  .strictObject({
    from: clockTime,
    to: clockTime.describe('Before from: on the next day'),
    time_zone: z.string().max(64).refine(isTimeZone, 'expected a time zone of the IANA list, for example Europe/Berlin'),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same; to send nothing at all, set is_enabled to false');

/** Body of a PUT. What is secret may be left out when the route has it already. */
export const alertRouteBody = z
  .strictObject({
    route_id: z.string().optional().describe('As in the path, so that what was read can be written back'),
    name: z.string().trim().min(1).max(200),
    match: z
      .strictObject({
        workflows: z.array(z.string().min(1).max(300)).max(50).default([]).describe('Names; * stands for any characters, ? for one; empty for every workflow'),
        severity_at_least: z.enum(severities).default('info'),
        types: z.array(z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'expected the type of an anomaly, for example duration')).max(50).default([]).describe('Empty for every type'),
      })
      .prefault({}),
    target: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('webhook'), url: targetUrl.optional(), secret: webhookSecret.optional() }),
      z.strictObject({ kind: z.literal('slack'), url: targetUrl.optional().describe('An incoming webhook of Slack or alike; never shown again; left out, the present one stays') }),
      z.strictObject({ kind: z.literal('email'), to: z.array(mailAddress).min(1).max(20) }),
    ]),
    quiet_hours: quietHours.nullable().default(null).describe('Only critical alerts are sent within; the others wait and go out in one message'),
    group_by: z.array(z.enum(groupFields)).max(groupFields.length).default(['workflow', 'type']).transform((fields) => groupFields.filter((field) => fields.includes(field))),
    group_wait_s: z.int().min(0).max(3600).default(30),
    repeat_after_s: z.int().min(60).max(30 * 86_400).nullable().default(null),
    is_enabled: z.boolean().default(true),
  })
  .meta({ id: 'AlertRouteBody' });

export type AlertRouteBody = z.output<typeof alertRouteBody>;

/**
 * Makes a route of a body, with the secrets of the present route where the body leaves them out; names what is missing instead.
 */
export function routeOf(routeId: string, body: AlertRouteBody, present: AlertRoute | undefined): AlertRoute | { readonly missing: readonly string[] } {
  const kept: { readonly url?: string; readonly secret?: string } = present?.target.kind === body.target.kind && present.target.kind !== 'email' ? present.target : {};
  const target: Partial<WebhookTarget> | Partial<SlackTarget> | EmailTarget = body.target.kind === 'email' ? body.target : { ...kept, ...withoutUndefined(body.target) };
  const needed = { webhook: ['url', 'secret'], slack: ['url'], email: ['to'] }[body.target.kind];
  const missing = needed.filter((field) => !(field in target)).map((field) => `target.${field}`);
  return missing.length > 0 ? { missing } : { ...body, route_id: routeId, target: target as AlertTarget };
}

function withoutUndefined<Given extends object>(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Given;
}
