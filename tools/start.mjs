// `npm start`: sets everything up, starts the platform in one process and records the set-up itself as the first run.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { recordBuild } from './record-build.mjs';
import { pinnedNode, root, setUp } from './set-up.mjs';

if (process.argv.includes('--help')) {
  process.stdout.write(`usage: npm start

Installs and builds what is missing, starts PostgreSQL and the platform in one process on http://127.0.0.1:4600.
Settings come from the environment, for example:
  ORRERY_PORT=8080 npm start                  another port
  ORRERY_DATA_FOLDER=/srv/orrery npm start    another place for the data
  ORRERY_DATABASE_URL=postgres://… npm start  a PostgreSQL of your own
`);
  process.exit(0);
}

const report = setUp();
const server = spawn(pinnedNode(), ['--enable-source-maps', path.join('services', 'standalone', 'dist', 'main.js')], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
// A terminal sends Ctrl-C to the server as well; signals sent to this process alone are passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => server.kill('SIGTERM'));
server.on('message', ({ url }) => {
  recordBuild(url, report, process.env.ORRERY_API_KEY).catch((error) => {
    process.stderr.write(`orrery: the build could not be recorded as a run: ${error.message}\n`);
  });
});
server.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
