// `npm start`: sets everything up, starts the platform in one process and records the set-up itself as a run.
import path from 'node:path';
import { endWithNpm } from './end-with-npm.mjs';
import { recordBuild } from './record-build.mjs';
import { runServer } from './run-server.mjs';
import { setUp } from './set-up.mjs';

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  process.stdout.write(`usage: npm start

Installs and builds what is missing, starts PostgreSQL and the platform in one process on http://127.0.0.1:4600.
Settings come from the environment, for example:
  ORRERY_PORT=8080 npm start                  another port
  ORRERY_DATA_FOLDER=/srv/orrery npm start    another place for the data (default: .orrery)
  ORRERY_DATABASE_URL=postgres://… npm start  a PostgreSQL of your own
  ORRERY_HOST=0.0.0.0 ORRERY_API_KEYS=team:KEY npm start
                                              open to the network; each call then needs a key, and the key names the tenant
`);
  process.exit(0);
}
if (process.argv.length > 2) {
  process.stderr.write(`orrery: npm start takes no arguments, only settings from the environment: see npm start -- --help\n`);
  process.exit(2);
}

endWithNpm();
const report = await setUp();
runServer(path.join('services', 'standalone', 'dist', 'main.js'), {
  onReady: ({ url }, isEnding) => {
    recordBuild(url, report, process.env.ORRERY_API_KEY).catch((error) => {
      if (!isEnding()) process.stderr.write(`orrery: the build could not be recorded as a run: ${error.message}\n`);
    });
  },
});
