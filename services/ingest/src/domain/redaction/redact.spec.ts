import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mayHoldSecrets, redactBytes, redactField, redactText } from './redact.js';

// The made-up secrets are put together here, so that no scanner takes this file for a leak.
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.repeat(4);
const hex = '0123456789abcdef'.repeat(8);
const random = (length: number): string => letters.slice(7, 7 + length);
const dashes = '-'.repeat(5);
const pem = (kind: string, lineBreak: string): string =>
  [`${dashes}BEGIN ${kind}${dashes}`, random(64), `${random(40)}==`, `${dashes}END ${kind}${dashes}`].join(lineBreak);
const jwt = ['ey' + 'JhbGciOiJIUzI1NiJ9', 'ey' + 'JzdWIiOiIxMjM0NTY3ODkwIn0', random(43)].join('.');
const quote = (value: unknown): string => JSON.stringify(value);

/** [what, the text that holds it, the part that must be gone] */
const secrets: readonly (readonly [string, string, string])[] = [
  ...['p', 'o', 'u', 's', 'r'].map((letter) => {
    const token = `gh${letter}_${random(36)}`;
    return [`GitHub gh${letter} token`, `remote: using ${token} now`, token] as const;
  }),
  ...(
    [
      ['GitHub fine-grained token', `github_${'pat'}_${random(60)}`],
      ['GitLab token', `gl${'pat'}-${random(20)}`],
      ['npm token', `npm${'_'}${random(36)}`],
      ['PyPI token', `pypi${'-'}${random(90)}`],
      ['Docker token', `dckr${'_pat_'}${random(27)}`],
      ['Hugging Face token', `hf${'_'}${random(34)}`],
      ['SendGrid key', `SG${'.'}${random(22)}.${random(43)}`],
      ['Vault token', `hvs${'.'}${random(24)}`],
      ['DigitalOcean token', `dop${'_v1_'}${hex.slice(0, 64)}`],
      ['AWS access key id', `AK${'IA'}${'Q3EGRIX5WPZT7NOB'}`],
      ['AWS temporary key id', `AS${'IA'}${'Q3EGRIX5WPZT7NOB'}`],
      ['Slack bot token', `xo${'xb'}-123456789012-${random(24)}`],
      ['Slack user token', `xo${'xp'}-123456789012-${random(24)}`],
      ['Slack app token', `xa${'pp'}-1-A012-${random(40)}`],
      ['Stripe live key', `sk${'_live_'}${random(24)}`],
      ['Stripe restricted key', `rk${'_live_'}${random(24)}`],
      ['OpenAI key', `sk${'-'}${random(48)}7`],
      ['OpenAI project key', `sk${'-proj-'}9${random(48)}`],
      ['Anthropic key', `sk${'-ant-'}api03-${random(80)}`],
      ['Google API key', `AI${'za'}${random(35)}`],
      ['Google OAuth token', `ya29${'.'}${random(60)}`],
      ['JWT', jwt],
      ['RSA key', pem('RSA PRIVATE KEY', '\n')],
      ['PKCS 8 key', pem('PRIVATE KEY', '\r\n')],
      ['EC key', pem('EC PRIVATE KEY', '\n')],
      ['OpenSSH key', pem('OPENSSH PRIVATE KEY', '\n')],
      ['PGP key', pem('PGP PRIVATE KEY BLOCK', '\n')],
      ['encrypted key', pem('ENCRYPTED PRIVATE KEY', '\n')],
      ['private key in base64', Buffer.from(pem('RSA PRIVATE KEY', '\n')).toString('base64')],
    ] as const
  ).map(([what, secret]) => [what, `before ${secret} after`, secret] as const),
  ['Slack webhook', `POST https://hooks.slack.com/services/T00000000/B00000000/${random(24)} 200`, random(24)],
  ['bearer token', `Authorization: Bearer ${random(40)}`, random(40)],
  ['bearer token in lower case', `curl -H 'authorization: bearer ${random(32)}'`, random(32)],
  ['bearer token alone', `sent Bearer ${random(32)} to api`, random(32)],
  ['basic credentials', `Authorization: Basic ${'dXNlcjpw'}YXNzd29yZA==`, 'YXNzd29yZA'],
  ['session cookie', 'Cookie: session=8f14e45fceea167a; theme=dark', '8f14e45fceea167a'],
  ['URL password', 'cloning https://ci:tr0ub4dor@git.example.org/app.git', 'tr0ub4dor'],
  ['PostgreSQL URL', 'postgres://app:p-w0rd!x@db:5432/app', 'p-w0rd!x'],
  ['AMQP URL', 'amqp://guest:s3cr3t@rabbit/vhost', 's3cr3t'],
  ['Redis URL without user', 'redis://:hunter2hunter@cache:6379/0', 'hunter2hunter'],
  ['password=', 'dsn host=db password=hunter2 sslmode=off', 'hunter2'],
  ['PASSWORD in .env', 'DB_PASSWORD=hunter2\nDEBUG=1', 'hunter2'],
  ['quoted password', 'password="two words here" next', 'two words here'],
  ['single-quoted password', "passwd='two words'", 'two words'],
  ['YAML password', 'user: ci\npassword: hunter\nport: 5432', 'hunter'],
  ['passphrase', 'passphrase=opensesame&x=1', 'opensesame'],
  ['pwd in a connection string', 'Server=db;Uid=sa;Pwd=Zx81spectrum;', 'Zx81spectrum'],
  ['PGPASS', 'MYSQL_PASS=letmein42', 'letmein42'],
  ['secret=', 'client_secret=9d1f3a', '9d1f3a'],
  ['AWS secret key', `aws_secret_access_key = ${random(40)}`, random(40)],
  ['API key', 'api_key=12ab34cd56ef', '12ab34cd56ef'],
  ['X-Api-Key header', 'X-API-Key: 12ab34cd56ef', '12ab34cd56ef'],
  ['storage account key', `AccountName=x;AccountKey=${random(60)}==;Suffix=y`, random(60)],
  ['access token in a URL', 'GET /repos?access_token=a1b2c3d4e5f6&page=2', 'a1b2c3d4e5f6'],
  ['refresh token', 'refresh_token: 1//0gLongRefresh5678', '0gLongRefresh5678'],
  ['signed URL', `https://bucket/x?X-Amz-Signature=${hex.slice(0, 64)}&a=b`, hex.slice(0, 64)],
  ['command-line flag', 'login --username ci --password hunter2', 'hunter2'],
  ['command-line flag with =', 'helm install --set db.password=hunter2 x', 'hunter2'],
  ['XML element', '<user>ci</user><password>hunter2</password>', 'hunter2'],
  ['Python repr', "{'user': 'ci', 'password': 'hunter2'}", 'hunter2'],
  ['Go assignment', 'password := "hunter2"', 'hunter2'],
  ['Ruby hash', ':password => "hunter2"', 'hunter2'],
  ['JSON key', quote({ db: { password: 'hunter2' } }), 'hunter2'],
  ['JSON number', '{"password": 12345, "x": 1}', '12345'],
  ['JSON inside JSON', quote({ arguments: quote({ user: 'ci', api_key: 'a b"c9' }) }), 'a b'],
  ['JSON inside JSON inside JSON', quote({ a: quote({ b: quote({ clientSecret: 'hunter2' }) }) }), 'hunter2'],
  ['name and value', quote({ env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }), 'hunter2'],
  ['OTLP attribute', quote({ key: 'db.password', value: { stringValue: 'hunter2' } }), 'hunter2'],
  ['private key in JSON', quote({ note: pem('PRIVATE KEY', '\n') }), random(40)],
  ['private key that was cut off', quote({ note: pem('PRIVATE KEY', '\n').slice(0, 120) }), random(60)],
  ['token behind an escaped line break', quote(`log\nghp${'_'}${random(36)}`), random(36)],
  ['password behind an escaped line break', quote('user=ci\npassword=hunter2\nx'), 'hunter2'],
];

const ordinary = [
  'input_tokens=1200 output_tokens=88 max_tokens: 4096 token count: 17',
  'token usage: prompt 97, completion 52',
  '"gen_ai.usage.input_tokens": 97, "total_tokens": 149, "eos_token": "</s>"',
  'Invalid password: must be at least 12 characters long.',
  'password: required',
  'Enter the password: ',
  'secret: true',
  'secretName: db-credentials',
  'password=${DB_PASSWORD} token=$GITHUB_TOKEN secret=*** api_key={{ vault.key }}',
  'PWD=/home/runner/work/app OLDPWD=/home/runner',
  'https://example.org:8443/path@2x.png?size=1:2',
  'git@github.com:org/repo.git ssh://git@host/repo',
  'mailto:someone@example.org at 12:30',
  'password = get_password(user)',
  'token = os.environ["TOKEN"]',
  'self.password = self.settings.password',
  'if password == "": raise',
  'Bearer authentication is required; the bearer of this letter',
  'authorization: the caller may read',
  'the cookie jar is empty; cookie: none',
  'nextPageToken=CAUQAA4b8x continuation_token: 9f8e7d6c',
  'task-runner-disk-usage-for-2024-11-26-production',
  'class Token::Kind; Secret::new(); access_key:://',
  'eyJ is how base64 of {" begins',
  `${dashes}BEGIN CERTIFICATE${dashes}\nMIIB\n${dashes}END CERTIFICATE${dashes}`,
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 signed-off',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '{"name":"token-service","password_policy":"strong","secretsCount":3}',
  '{"password":null,"secret":false,"token":""}',
  '{"message":"password=","next":"value"}',
  'namespace::token<T>',
  'credentials: include',
  'compass=north bypass=true',
  'Tokens: 42; tokenizer=cl100k_base',
];

describe('redactText', () => {
  it.each(secrets)('hides a %s', (_what, text, secret) => {
    const { content, isRedacted } = redactText(text);

    expect(isRedacted).toBe(true);
    expect(content).not.toContain(secret);
    expect(content).toContain('[redacted:');
  });

  it('knows at least 60 secrets in this list', () => {
    expect(secrets.length).toBeGreaterThanOrEqual(60);
  });

  it.each(ordinary)('leaves ordinary text alone: %s', (text) => {
    expect(redactText(text)).toEqual({ content: text, isRedacted: false });
  });

  it('keeps JSON valid and everything around the secrets', () => {
    const json = { a: 1, password: 'x"y\\', list: [{ key: 'token', value: { stringValue: random(40) } }], text: quote({ secret: 'q', z: 2 }), pin: 'é' };

    const { content } = redactText(JSON.stringify(json));

    expect(JSON.parse(content)).toEqual({
      a: 1,
      password: '[redacted:password]',
      list: [{ key: 'token', value: { stringValue: '[redacted:token]' } }],
      text: quote({ secret: '[redacted:secret]', z: 2 }),
      pin: 'é',
    });
  });

  it('quotes what replaces a number in JSON', () => {
    expect(JSON.parse(redactText('{"password": 12345, "x": 1}').content)).toEqual({ password: '[redacted:password]', x: 1 });
  });

  it('keeps user and host of a URL', () => {
    expect(redactText('postgres://app:hunter2@db:5432/app').content).toBe('postgres://app:[redacted:url_password]@db:5432/app');
  });

  it('changes nothing the second time', () => {
    for (const [, text] of secrets) {
      const once = redactText(text).content;
      expect(redactText(once).content).toBe(once);
    }
  });

  it('hides each of several secrets in one line', () => {
    const line = `password=one1 token=${random(40)} https://a:b2c3@h/ password=two2`;

    expect(redactText(line).content).toBe('password=[redacted:password] token=[redacted:token] https://a:[redacted:url_password]@h/ password=[redacted:password]');
  });

  it('never breaks JSON whose texts hold quotes, backslashes and secret names', () => {
    const pieces = fc.constantFrom('password', 'token', '=', ':', '"', "'", '\\', ' ', ',', '\n', 'a1B2c3D4e5', 'value', '{', '}', '[redacted:x]', '-----BEGIN PRIVATE KEY-----', '://u:p@h');
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    const value = fc.oneof(text, fc.integer(), fc.constant(null));
    const object = fc.dictionary(fc.constantFrom('password', 'name', 'value', 'key', 'text', 'api_key'), fc.oneof(value, fc.array(value, { maxLength: 2 }), text.map((inner) => quote({ secret: inner, token: 7 }))));

    fc.assert(
      fc.property(object, (json) => {
        const { content } = redactText(quote(json));
        expect(Object.keys(JSON.parse(content) as object)).toEqual(Object.keys(json));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['names in a row', 'token='],
    ['names with colons', 'cookie: '],
    ['authorization', 'authorization: '],
    ['JWT heads', 'eyJ-'],
    ['bearer words', 'bearer+bearer%20'],
    ['key heads', `${dashes}BEGIN PRIVATE KEY${dashes} `],
    ['URL heads', '://a:'],
    ['open quotes', 'token="\''],
    ['backslashes', 'secret\\\\\\'],
  ])('takes no more than linear time for 400 kB of %s', (_what, piece) => {
    // Quadratic work on this input would take minutes and run into the time limit of the test.
    const text = piece.repeat(Math.ceil(400_000 / piece.length));

    expect(redactText(text).content.length).toBeGreaterThan(0);
  });
});

describe('redactBytes', () => {
  it('gives back the very bytes when there is nothing to hide', () => {
    const body = Buffer.from('plain text, ünïcödé and \u{1F600}');

    expect(redactBytes(body).content).toBe(body);
  });

  it('leaves bytes beyond ASCII as they are around a secret', () => {
    const { content } = redactBytes(Buffer.from('ключ password=hunter2 😀'));

    expect(Buffer.from(content).toString()).toBe('ключ password=[redacted:password] 😀');
  });
});

describe('redactField', () => {
  it('hides the whole value of a field with the name of a secret', () => {
    expect(redactField('db.password', 'two words').content).toBe('[redacted:password]');
  });

  it('looks inside the value of any other field', () => {
    expect(redactField('command', 'x --token a1b2c3d4e5').content).toBe('x --token [redacted:token]');
  });
});

describe('mayHoldSecrets', () => {
  it('tells clean text from text that needs a closer look', () => {
    expect([mayHoldSecrets('all is well'), mayHoldSecrets('password=x')]).toEqual([false, true]);
  });
});
