#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('orrery: the command line is not built yet; run `npm run build` (or `npm start`) once in the project folder\n');
  process.exitCode = 1;
}
