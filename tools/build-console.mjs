// Builds the web page with Vite when one of its sources is newer than the last build.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'services', 'console');
const quiet = process.argv.includes('--quiet');

const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = ['index.html', 'vite.config.js', 'package.json', ...readdirSync(path.join(folder, 'src'), { recursive: true }).map((file) => path.join('src', String(file)))];
const newest = Math.max(...sources.map((file) => modifiedAt(path.join(folder, file))));

if (newest > modifiedAt(path.join(folder, 'dist', 'index.html'))) {
  // npm may put Vite into the folder of the page or of the whole workspace.
  const vite = path.join(path.dirname(createRequire(path.join(folder, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', quiet ? 'error' : 'warn'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  process.exit(status ?? 1);
}
