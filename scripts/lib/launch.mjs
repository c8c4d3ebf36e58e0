// Runs a TypeScript program of this checkout in this terminal.
import { spawn } from 'node:child_process';

/**
 * Runs `[command, args]` where the person stands, so that file names in the arguments mean what
 * they say, and returns its exit code.
 */
export function launch([command, args]) {
  // npm changes to the checkout and remembers here where it was called.
  const child = spawn(command, args, { stdio: 'inherit', cwd: process.env.INIT_CWD });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
