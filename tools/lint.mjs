// `npm run lint`: computes the project graph, which the boundary rule reads, then lints. Arguments go to ESLint.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pinnedNode, root } from './set-up.mjs';

const environment = { ...process.env, NX_DAEMON: 'false' };
const run = (script, args, stdio) => spawnSync(pinnedNode(), [path.join(root, 'node_modules', script), ...args], { cwd: root, stdio, env: environment });

const graph = run('nx/dist/bin/nx.js', ['show', 'projects'], ['ignore', 'pipe', 'inherit']);
if (graph.status !== 0) process.exit(graph.status ?? 1);
const files = process.argv.slice(2);
const { status } = run('eslint/bin/eslint.js', ['--max-warnings', '0', ...(files.length > 0 ? files : ['.'])], 'inherit');
process.exit(status ?? 1);
