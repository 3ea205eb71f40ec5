import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { createTransport } from 'nodemailer';

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** The same at every attempt. */
  readonly messageId: string;
}

export interface MailSettings {
  /** smtp://user:password@host:port or smtps://…; the operator's, so its address is not judged. */
  readonly url: string;
  readonly from: string;
}

const totalTimeoutMs = 20_000;
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Hands a mail over to the SMTP server.
 *
 * @throws ORRERY_VALIDATION when the server refuses it for good (5yz).
 * @throws ORRERY_DEPENDENCY when it cannot be reached or refuses for the moment; ORRERY_TIMEOUT when it takes too long.
 */
export async function sendMail({ to, subject, text, messageId }: Mail, { url, from }: MailSettings): Promise<void> {
  const transport = createTransport({
    url,
    // A password is not sent in the clear over a network.
    ...(needsTls(new URL(url)) ? { requireTLS: true } : {}),
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OrreryError('ORRERY_TIMEOUT', `the mail server took longer than ${totalTimeoutMs} ms`)), totalTimeoutMs);
  });
  try {
    const sent = transport.sendMail({
      from,
      // As objects: nodemailer does not parse them, so that one address stays one.
      to: to.map((address) => ({ name: '', address })),
      subject,
      text,
      messageId,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    const { rejected } = await Promise.race([sent, timeout]);
    if (rejected.length > 0) throw new OrreryError('ORRERY_VALIDATION', `the mail server refused ${rejected.length} of ${to.length} recipients; the others have the mail`);
  } catch (error) {
    throw asOrreryError(error);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

function needsTls({ protocol, username, hostname, searchParams }: URL): boolean {
  return protocol === 'smtp:' && username !== '' && !loopbackHosts.has(hostname) && !searchParams.has('requireTLS');
}

function asOrreryError(error: unknown): OrreryError {
  if (isOrreryError(error)) return error;
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  // What the server says may repeat the user; its code says enough.
  if (responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH') return new OrreryError('ORRERY_VALIDATION', `the mail server refused the mail (${responseCode})`, { cause: error });
  if (responseCode !== undefined) return new OrreryError('ORRERY_DEPENDENCY', `the mail server refused (${code ?? ''} ${responseCode})`, { cause: error });
  return new OrreryError('ORRERY_DEPENDENCY', `the mail server cannot be reached: ${code ?? messageOf(error).slice(0, 200)}`, { cause: error });
}
