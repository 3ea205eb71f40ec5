// Compiles every workspace's src/**/*.ts to dist/**/*.js with swc; only what is newer than its output. Types are checked by `npm run typecheck`.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');

const options = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: true,
  swcrc: false,
};

const workspaces = ['libs', 'services', 'clients']
  .flatMap((group) => readdirSync(path.join(root, group)).map((name) => path.join(group, name)))
  .concat('bench')
  .filter((workspace) => workspace !== path.join('services', 'console'));

const isSource = (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts');

function filesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true }).map(String);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

async function compile(source, target) {
  const { code, map } = await transformFile(source, options);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(`${target}.map`, map);
  writeFileSync(target, `${code}//# sourceMappingURL=${path.basename(target)}.map\n`);
}

async function build(workspace) {
  const sources = filesBelow(path.join(root, workspace, 'src')).filter(isSource);
  const expected = new Set(sources.map((file) => file.replace(/\.ts$/, '.js')));
  const dist = path.join(root, workspace, 'dist');
  for (const file of filesBelow(dist)) {
    if (file.endsWith('.js') && !expected.has(file)) rmSync(path.join(dist, file));
  }
  const stale = sources.filter((file) => {
    return modifiedAt(path.join(root, workspace, 'src', file)) > modifiedAt(path.join(dist, file.replace(/\.ts$/, '.js')));
  });
  await Promise.all(stale.map((file) => compile(path.join(root, workspace, 'src', file), path.join(dist, file.replace(/\.ts$/, '.js')))));
  return { sources: sources.length, compiled: stale.length };
}

const startedAt = performance.now();
const results = await Promise.all(workspaces.map(build));
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
if (!quiet) {
  process.stdout.write(`orrery: compiled ${total('compiled')} of ${total('sources')} files in ${Math.round(performance.now() - startedAt)} ms\n`);
}
