// Builds the web page with Vite when one of its sources is newer than the last build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'services', 'console');
const quiet = process.argv.includes('--quiet');

const dist = path.join(folder, 'dist');
const draft = `${dist}.draft`;

function filesIn(name) {
  const place = path.join(folder, name);
  return existsSync(place) ? readdirSync(place, { recursive: true }).map((file) => path.join(name, String(file))) : [];
}

const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = ['index.html', 'vite.config.js', 'package.json', ...filesIn('src'), ...filesIn('public')].filter((file) => !file.endsWith('.spec.ts'));
const newest = Math.max(...sources.map((file) => modifiedAt(path.join(folder, file))));

if (newest > modifiedAt(path.join(dist, 'index.html'))) {
  const startedAt = performance.now();
  // npm may put Vite beside the page or at the top; the page's own folder decides which one it is.
  const vite = path.join(path.dirname(createRequire(path.join(folder, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn', '--outDir', draft, '--emptyOutDir'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
  rmSync(dist, { recursive: true, force: true });
  renameSync(draft, dist);
  if (!quiet) process.stdout.write(`orrery: built the web page in ${Math.round(performance.now() - startedAt)} ms\n`);
}
