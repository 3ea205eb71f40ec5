// `npm run bench -- NAME [options]`: sets everything up, then runs one benchmark under the pinned Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode, root, setUp } from './set-up.mjs';

const [name, ...rest] = process.argv.slice(2);
await setUp({ quiet: true });
const file = path.join(root, 'bench', 'dist', `${name}.bench.js`);
if (name === undefined || name === '--help' || !existsSync(file)) {
  const names = readdirSync(path.join(root, 'bench', 'dist')).filter((entry) => entry.endsWith('.bench.js')).map((entry) => entry.replace('.bench.js', ''));
  process.stderr.write(`usage: npm run bench -- NAME [options]\nbenchmarks: ${names.join(', ')}\n`);
  process.exit(name === '--help' ? 0 : 2);
}
const { status } = spawnSync(pinnedNode(), ['--enable-source-maps', file, ...rest], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
