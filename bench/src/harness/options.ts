import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options of a benchmark from its command line; prints how it is used, and ends, on `--help` or on one that it does not know. */
export function parseOptions<const Known extends Options>(name: string, options: Known) {
  const words = process.argv.slice(2);
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(`${usage(name, options)}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ args: words, options }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split('. ')[0]}\n${usage(name, options)}\n`);
    process.exit(2);
  }
}

function usage(name: string, options: Options): string {
  const shown = Object.entries(options).map(([option, { type, default: value }]) => `[--${option}${type === 'string' ? ` ${String(value ?? '…')}` : ''}]`);
  return `usage: npm run bench -- ${[name, ...shown].join(' ')}`;
}
