/**
 * `conclave-sync` at a terminal at which the holders of the unseal keys sit.
 * @module
 */
import { spawn } from 'node:child_process';
import { PROGRAM } from './sync-program.ts';

/** Types at a pseudo-terminal, a line at each question, and gives what stood on the screen. */
export function atTerminal(
  lines: readonly string[],
  args: readonly string[],
  { file, env }: { readonly file: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const python = `
import os, pty, sys, json
lines, argv = json.loads(sys.stdin.read())
pid, fd = pty.fork()
if pid == 0:
    os.execv(argv[0], argv)
seen, asked = b'', 0
while True:
    try:
        part = os.read(fd, 65536)
    except OSError:
        break
    if not part:
        break
    seen += part
    while asked < len(lines) and ('%d of 2 given' % asked).encode() in seen:
        os.write(fd, lines[asked].encode())
        asked += 1
os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
`;
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', python], {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let screen = '';
    child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(screen));
    child.stdin.end(JSON.stringify([lines, [process.execPath, PROGRAM, ...args, file]]));
  });
}
