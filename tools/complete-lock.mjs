// `npm run lock`, after every `npm install`: adds to the lock file the optional packages of other platforms which a partial registry
// does not offer. npm leaves those out when it writes the lock, and `npm ci` then rejects the lock it wrote.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './set-up.mjs';

const systems = ['darwin', 'win32', 'linux', 'freebsd', 'android', 'openharmony', 'sunos', 'aix', 'netbsd', 'openbsd'];
const processors = ['x64', 'arm64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'mipsel', 'wasm32', 'arm'];

const lockFile = path.join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));

/** Where Node would find `name` from a package at `from`, among the packages that the lock has. */
function locate(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('node_modules/') - 1, 0))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (candidate in lock.packages) return candidate;
    if (folder === '') return undefined;
  }
}

function entryFor(name, range, isDevelopment) {
  const words = name.split(/[-/@]/);
  const system = systems.find((word) => words.includes(word));
  const processor = processors.find((word) => words.includes(word));
  const isMusl = words.some((word) => word.startsWith('musl'));
  return {
    version: range.replace(/^[\^~>=\s]+/, ''),
    ...(processor ? { cpu: [processor] } : {}),
    ...(isDevelopment ? { dev: true } : {}),
    ...(isMusl ? { libc: ['musl'] } : {}),
    optional: true,
    ...(system ? { os: [system] } : {}),
  };
}

let added = 0;
for (const [from, entry] of Object.entries({ ...lock.packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (locate(from, name) !== undefined) continue;
    lock.packages[`node_modules/${name}`] = entryFor(name, range, entry.dev === true);
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1)));
writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`added ${added} optional packages of other platforms to the lock file\n`);
