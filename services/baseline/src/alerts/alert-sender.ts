import { isOrreryError, messageOf } from '@orrery/errors';
import type { AddressPolicy } from './domain/address-policy.js';
import type { AlertMessage } from './domain/alert-message.js';
import type { AlertTarget } from './domain/alert-route.js';
import { emailText } from './domain/email-payload.js';
import { slackBody } from './domain/slack-payload.js';
import { webhookBody } from './domain/webhook-payload.js';
import { signatureHeaders } from './domain/webhook-signature.js';
import { postGuarded, type GuardedAnswer, type ResolveName } from './guarded-request.js';
import { sendMail, type MailSettings } from './mail-sender.js';

/** What one attempt came to. */
export type SendResult =
  | { readonly outcome: 'delivered'; readonly httpStatus: number | null }
  | {
      readonly outcome: 'failed';
      readonly httpStatus: number | null;
      /** For the person who owns the route. */
      readonly reason: string;
      /** Whether another attempt makes no sense. */
      readonly isFinal: boolean;
      /** How long the receiver asked to be left alone. */
      readonly askedMs: number;
    };

export interface AlertSenderOptions {
  readonly policy: AddressPolicy;
  /** Absent when the installation sends no mail. */
  readonly mail?: MailSettings | undefined;
  readonly now: () => number;
  /** @default the system's resolver */
  readonly resolve?: ResolveName;
  /** For a whole request. @default 5_000 */
  readonly timeoutMs?: number;
}

/** Brings a message to a target once. */
export class AlertSender {
  constructor(private readonly options: AlertSenderOptions) {}

  /** Never throws: every fault is a result. */
  async send(message: AlertMessage, target: AlertTarget): Promise<SendResult> {
    try {
      return target.kind === 'email' ? await this.mail(message, target.to) : resultOf(await this.post(message, target));
    } catch (error) {
      const isFinal = isOrreryError(error) && error.code === 'ORRERY_VALIDATION';
      return { outcome: 'failed', httpStatus: null, reason: isOrreryError(error) ? error.message : `it could not be sent: ${messageOf(error)}`, isFinal, askedMs: 0 };
    }
  }

  private async post(message: AlertMessage, target: Exclude<AlertTarget, { kind: 'email' }>): Promise<GuardedAnswer> {
    const isWebhook = target.kind === 'webhook';
    const body = isWebhook ? webhookBody(message) : slackBody(message);
    const signature = isWebhook ? signatureHeaders(target.secret, { messageId: message.deliveryId, atMs: this.options.now(), body }) : {};
    const headers = {
      'content-type': isWebhook ? 'application/cloudevents+json; charset=utf-8' : 'application/json; charset=utf-8',
      'user-agent': 'Orrery-Alerts/1',
      'idempotency-key': message.deliveryId,
      ...signature,
    };
    return await postGuarded({ url: target.url, headers, body }, this.options);
  }

  private async mail(message: AlertMessage, to: readonly string[]): Promise<SendResult> {
    const { mail } = this.options;
    if (mail === undefined) return { outcome: 'failed', httpStatus: null, reason: 'this installation sends no mail: ORRERY_ALERT_SMTP_URL and ORRERY_ALERT_FROM are not set', isFinal: true, askedMs: 0 };
    await sendMail({ ...emailText(message), to, messageId: `<${message.deliveryId}@alerts.orrery>` }, mail);
    return { outcome: 'delivered', httpStatus: null };
  }
}

// The words with which Slack answers, for example channel_is_archived; anything else stays where it came from.
const faultWord = /^[a-z_]{1,60}$/;
const gone = 410;

function resultOf({ status, headers, body }: GuardedAnswer): SendResult {
  if (status >= 200 && status < 300) return { outcome: 'delivered', httpStatus: status };
  const word = faultWord.test(body.trim()) ? ` (${body.trim()})` : '';
  const redirect = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  const seconds = Number(headers['retry-after'] ?? 0);
  return {
    outcome: 'failed',
    httpStatus: status,
    reason: `the receiver answered ${status}${word}${redirect}`,
    // Standard Webhooks: a receiver that answers 410 wants to hear nothing more.
    isFinal: status === gone,
    askedMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0,
  };
}
