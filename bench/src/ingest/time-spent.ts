import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { timeByFunction, timeByPackage, type CpuProfile, type TimeSpent, type Window } from '../harness/cpu-profile.js';
import { table } from '../harness/report.js';
import { rounded } from '../harness/statistics.js';

const shownPackages = 25;
const shownFunctions = 25;

/** Where profiles of a benchmark are kept; what lay there from another time is removed. */
export function profileFolder(name: string): string {
  const folder = path.resolve('.orrery', 'profiles', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Prints where the server's time went within the window, by package and by function; the server must have ended. */
export function printTimeSpent(folder: string, window: Window, cpuMicrosecondsPerEvent: number): void {
  const [written] = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'));
  if (written === undefined) return;
  const file = path.join(folder, 'server.cpuprofile');
  renameSync(path.join(folder, written), file);
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const rowOf = ({ where, what, share }: TimeSpent) => ({
    where,
    ...(what === undefined ? {} : { what }),
    'self_%': rounded(share * 100),
    // Of the CPU time that Linux counted: samples are taken while others have the core, too.
    cpu_us_per_event: rounded(share * cpuMicrosecondsPerEvent),
  });
  process.stdout.write(`where the server's time goes, by package (${path.relative('.', file)}):\n`);
  process.stdout.write(table(timeByPackage(profile, window).slice(0, shownPackages).map(rowOf)));
  process.stdout.write('\nby function:\n');
  process.stdout.write(`${table(timeByFunction(profile, window).slice(0, shownFunctions).map(rowOf))}\n`);
}
