const MASK = '***';
const SECRET_NAME = /(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|auth)$/i;

/**
 * Hides the values of arguments whose names say that they are secret, and credentials in addresses. The server redacts what
 * looks like a token as well; what is hidden here never leaves the machine.
 *
 * @example
 * maskSecrets(['deploy', '--token=abc', '--password', 'x', 'https://me:pw@host']) // ['deploy', '--token=***', '--password', '***', 'https://***@host']
 */
export function maskSecrets(command: readonly string[]): string[] {
  return command.map((argument, index) => {
    const before = command[index - 1];
    if (before !== undefined && /^--?[\w-]+$/.test(before) && SECRET_NAME.test(before) && !argument.startsWith('-')) return MASK;
    const named = /^(-{0,2}[\w.-]+)=([^]*)$/.exec(argument);
    if (named !== null && SECRET_NAME.test(named[1] ?? '')) return `${named[1]}=${MASK}`;
    return argument.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${MASK}@`);
  });
}

/** Writes a command as one could type it in a shell. */
export function showCommand(command: readonly string[]): string {
  return command.map((argument) => (/^[\w@%+=:,./*-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`)).join(' ');
}
