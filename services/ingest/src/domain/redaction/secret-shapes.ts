import { characterSet, findEnd, runEnd } from './character-set.js';

/** A stretch of a text, `end` not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A kind of secret that is known by how it looks, wherever it stands. */
export interface SecretShape {
  readonly kind: string;
  /** Source of a regular expression without groups: few literals, so that the search stays fast. */
  readonly trigger: string;
  /** The secret at a place where the trigger matched; undefined when only the trigger looks like one. */
  readonly locate: (text: string, at: number) => Span | undefined;
}

const isWord = characterSet('_', { letters: true });
const isDashedWord = characterSet('_-', { letters: true });

/** A shape whose whole pattern is one unambiguous expression; it must not continue a longer word. */
function pattern(kind: string, trigger: string, expression: RegExp, continues = isWord): SecretShape {
  const sticky = new RegExp(expression.source, 'y');
  const locate = (text: string, at: number): Span | undefined => {
    if (at > 0 && continues(text.charCodeAt(at - 1)) && !endsEscape(text, at)) return undefined;
    sticky.lastIndex = at;
    return sticky.test(text) ? { start: at, end: sticky.lastIndex } : undefined;
  };
  return { kind, trigger, locate };
}

/** In raw JSON the letter before a word can belong to an escape: "…\nghp_…". */
function endsEscape(text: string, at: number): boolean {
  return text.charAt(at - 2) === '\\' && 'nrt'.includes(text.charAt(at - 1));
}

const pemBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const pemEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
// Line breaks stand as they are or, in raw JSON, as escapes of any depth.
const isPemBody = characterSet('+/=\r\n\t\\-', { letters: true });
// Lines like "Proc-Type: 4,ENCRYPTED" come first.
const isPemHeader = characterSet('+/=\r\n\t\\- :,.()', { letters: true });
const longestPemHeader = 200;
const longestPem = 32 * 1024;

function locatePrivateKey(text: string, at: number): Span | undefined {
  pemBegin.lastIndex = at;
  if (!pemBegin.test(text)) return undefined;
  const bodyStart = pemBegin.lastIndex;
  const headerEnd = runEnd(text, bodyStart, bodyStart + longestPemHeader, isPemHeader);
  const bodyEnd = runEnd(text, headerEnd, bodyStart + longestPem, isPemBody);
  const closing = text.slice(bodyStart, bodyEnd).indexOf('-----END');
  if (closing < 0) return { start: at, end: withoutBackslashes(text, bodyStart, bodyEnd) };
  pemEnd.lastIndex = bodyStart + closing;
  return { start: at, end: pemEnd.test(text) ? pemEnd.lastIndex : bodyStart + closing };
}

/** A key that was cut off can run into the backslashes that escape the next quote; those are not part of it. */
function withoutBackslashes(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && text.charAt(end - 1) === '\\') end -= 1;
  return end;
}

const longestUserInfo = 512;
const endsUserInfo = characterSet('@/?# \t\r\n"\'<>\\');

/** scheme://user:password@host: only the password goes, so that host and user still tell what happened. */
function locateUrlPassword(text: string, at: number): Span | undefined {
  const start = at + 3;
  const end = findEnd(text, start, start + longestUserInfo, endsUserInfo);
  if (text.charAt(end) !== '@') return undefined;
  const colon = text.slice(start, end).indexOf(':');
  if (colon < 0 || start + colon + 1 === end) return undefined;
  const isPlaceholder = '[$<{*'.includes(text.charAt(start + colon + 1));
  return isPlaceholder ? undefined : { start: start + colon + 1, end };
}

const bearer = /bearer(?: |%20){1,8}([A-Za-z0-9._~+/-]{12,}=*)/iy;

function locateBearer(text: string, at: number): Span | undefined {
  bearer.lastIndex = at;
  const token = bearer.exec(text)?.[1];
  if (token === undefined || !looksRandom(token)) return undefined;
  return { start: bearer.lastIndex - token.length, end: bearer.lastIndex };
}

/** Random texts mix digits with letters, or capitals with small letters inside; words and plain numbers do not. */
export function looksRandom(value: string): boolean {
  return (/\d/.test(value) && /[A-Za-z]/.test(value)) || /[a-z][A-Z]/.test(value);
}

const slackWebhook = /hooks\.slack\.com\/services\/([A-Za-z0-9/]{20,})/y;

function locateSlackWebhook(text: string, at: number): Span | undefined {
  slackWebhook.lastIndex = at;
  const path = slackWebhook.exec(text)?.[1];
  return path === undefined ? undefined : { start: slackWebhook.lastIndex - path.length, end: slackWebhook.lastIndex };
}

/** Everything that is known by its look. Sources: the issuers' public descriptions of their token formats. */
export const secretShapes: readonly SecretShape[] = [
  pattern('github_token', 'gh[pousr]_', /gh[pousr]_[A-Za-z0-9]{30,255}/),
  pattern('github_token', 'github_pat_', /github_pat_[A-Za-z0-9_]{22,255}/),
  pattern('gitlab_token', 'glpat-', /glpat-[A-Za-z0-9_-]{20,}/),
  pattern('npm_token', 'npm_', /npm_[A-Za-z0-9]{36}/),
  pattern('pypi_token', 'pypi-', /pypi-[A-Za-z0-9_-]{50,}/),
  pattern('docker_token', 'dckr_pat_', /dckr_pat_[A-Za-z0-9_-]{20,}/),
  pattern('hugging_face_token', 'hf_', /hf_[A-Za-z0-9]{30,}/),
  pattern('sendgrid_key', 'SG\\.', /SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/),
  pattern('vault_token', 'hvs\\.', /hvs\.[A-Za-z0-9_-]{20,}/),
  pattern('digitalocean_token', 'do[op]_v1_', /do[op]_v1_[a-f0-9]{64}/),
  pattern('aws_key', 'A[KSB]IA', /A[KSB]IA[A-Z0-9]{16}(?![A-Z0-9])/),
  pattern('slack_token', 'xox[abeoprs]-', /xox[abeoprs]-[A-Za-z0-9-]{10,}/),
  pattern('slack_token', 'xapp-', /xapp-[A-Za-z0-9-]{20,}/),
  { kind: 'slack_webhook', trigger: 'hooks\\.slack', locate: locateSlackWebhook },
  pattern('stripe_key', '[rs]k_(?:live|test)_', /[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/),
  pattern('model_provider_key', 'sk-', /sk-(?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9_-]{24,}/),
  pattern('google_key', 'AIza', /AIza[A-Za-z0-9_-]{35}/),
  pattern('google_token', 'ya29\\.', /ya29\.[A-Za-z0-9_-]{20,}/),
  pattern('jwt', 'eyJ', /eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/, isDashedWord),
  { kind: 'private_key', trigger: '-----BEGIN', locate: locatePrivateKey },
  // The same, as base64 writes it (kubeconfig, Kubernetes secrets): BEGIN followed by PRIV, RSA, EC or OPENSSH.
  pattern('private_key', 'LS0tLS1CRUdJTi', /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0Eg|BFQyBQ|BPUEVOU1NI|BFTkNSWVBURU)[A-Za-z0-9+/=]+/),
  { kind: 'url_password', trigger: '://', locate: locateUrlPassword },
  { kind: 'bearer', trigger: 'bearer', locate: locateBearer },
];
