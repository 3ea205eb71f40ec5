// `npm test`: sets everything up, then runs jest under the pinned Node. `--kafka` runs the suites that need a broker; the rest goes to jest.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pinnedNode, root, setUp } from './set-up.mjs';

const rest = process.argv.slice(2);
const kafka = rest.includes('--kafka');
const forJest = rest.filter((argument) => argument !== '--kafka');

await setUp({ quiet: true });
const { status } = spawnSync(
  pinnedNode(),
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...forJest],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...(kafka ? { ORRERY_TEST_KAFKA: '1' } : {}) } },
);
process.exit(status ?? 1);
