// Compiles every workspace's src/**/*.ts to dist/**/*.js with swc; only what changed since. Types are checked by `npm run typecheck`.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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
const isOutput = (file) => file.endsWith('.js') || file.endsWith('.js.map') || file.endsWith('.draft');

function filesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true }).map(String);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

// Whole milliseconds: what utimes keeps of a time differs between file systems.
const modifiedAtMs = (file) => Math.floor(statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1);

/** The output appears whole or not at all, and bears the time of its source: also an older source that replaces it is compiled. */
async function compile({ source, target, sourceAtMs }) {
  const { code, map } = await transformFile(source, options);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(`${target}.map`, map);
  const draft = `${target}.${process.pid}.draft`;
  writeFileSync(draft, `${code}//# sourceMappingURL=${path.basename(target)}.map\n`);
  utimesSync(draft, sourceAtMs / 1000, sourceAtMs / 1000);
  renameSync(draft, target);
}

async function build(workspace) {
  const sources = filesBelow(path.join(root, workspace, 'src')).filter(isSource);
  const expected = new Set(sources.flatMap((file) => [file.replace(/\.ts$/, '.js'), file.replace(/\.ts$/, '.js.map')]));
  const dist = path.join(root, workspace, 'dist');
  for (const file of filesBelow(dist)) {
    if (isOutput(file) && !expected.has(file)) rmSync(path.join(dist, file), { force: true });
  }
  const stale = sources
    .map((file) => {
      const source = path.join(root, workspace, 'src', file);
      return { source, target: path.join(dist, file.replace(/\.ts$/, '.js')), sourceAtMs: modifiedAtMs(source) };
    })
    .filter(({ target, sourceAtMs }) => modifiedAtMs(target) !== sourceAtMs);
  await Promise.all(stale.map(compile));
  return { sources: sources.length, compiled: stale.length };
}

const startedAt = performance.now();
const results = await Promise.all(workspaces.map(build));
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
if (!quiet) {
  process.stdout.write(`orrery: compiled ${total('compiled')} of ${total('sources')} files in ${Math.round(performance.now() - startedAt)} ms\n`);
}
