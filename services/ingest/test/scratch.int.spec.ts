import { it } from '@jest/globals';
import { prepared } from '../src/domain/prepare-payload.js';
import { outlineOf } from '../src/domain/json-outline.js';
import { withStorableEscapes } from '../src/domain/escapes.js';
import { latin1Of, redactText } from '../src/domain/redaction/redact.js';
import { mapPayload } from '../src/domain/map-payload.js';
const MB = 1024*1024;
const rep = (s: string, n: number) => s.repeat(Math.floor(n / s.length));
it('times', async () => {
  for (const [n, s] of [['[', '['.repeat(10*MB)],['{"scope', rep('{"scopeSpans":[]},',10*MB)],['x','x'.repeat(10*MB)]] as const) {
    const body = Buffer.from(s);
    const time = (what: string, f: () => unknown) => { const t = performance.now(); try { f(); } catch (e) { what += ` ${String(e).slice(0,60)}`; } console.log(n, what, Math.round(performance.now()-t)); };
    time('outline', () => outlineOf(body));
    const l = latin1Of(body);
    time('escapes', () => withStorableEscapes(l));
    time('redact', () => redactText(l));
    time('prepared', () => prepared({ body, contentType: 'application/json', headers: {} }));
    time('map', () => mapPayload({ body, contentType: 'application/json', headers: {} }, { tenantId: 'a', receivedAtMs: 1 }));
  }
}, 300000);
