import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DESTROY_KEY_FILE, PIV_CUT, PIV_STEPS, PIV_TOOL } from './piv-guide.ts';

let top: string;
beforeAll(() => {
  top = mkdtempSync(path.join(tmpdir(), 'piv-guide-'));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe('what the person does', () => {
  const said = PIV_STEPS.map(({ text, command, afterwards }) =>
    [text, command, afterwards].join('\n'),
  );

  test('in order: a folder in memory, the YubiKey and its PIN, back to the window', () => {
    const order = [
      'open a terminal',
      'mkdir -m 700 /dev/shm/legacy',
      'Put the YubiKey in',
      '.key.enc',
      'pkcs11-tool --login --decrypt',
      '--mechanism RSA-PKCS --id 03',
      '--input-file',
      '--output-file /dev/shm/legacy/share.key',
      'PIV PIN',
      'Come back here',
      'choose the .enc file and /dev/shm/legacy/share.key',
    ];
    const text = said.join('\n');
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(said).toHaveLength(3);
  });

  test('with slot and mechanism of the procedure, and what blocks the key', () => {
    expect(said[1]).toContain('slot 9d of PIV is number 03');
    expect(said[1]).toContain('three wrong ones block it');
    expect(PIV_TOOL).toContain('OpenSC');
    expect(PIV_TOOL).toContain('a stick of its own, which is destroyed afterwards');
  });

  test('the key file lies in memory only, where this user alone reads, and goes as it came', () => {
    const commands = PIV_STEPS.flatMap(({ command }) => command ?? []);
    const [make = '', decrypt = ''] = commands;
    // As the shell takes them, with another top than the memory of this machine.
    const run = (command: string) =>
      execFileSync('sh', ['-c', command.replaceAll('/dev/shm', top)], { stdio: 'pipe' });
    run(make);
    expect(statSync(path.join(top, 'legacy')).mode & 0o777).toBe(0o700);
    const file = /--output-file (\S+)/.exec(decrypt)?.[1] ?? '';
    expect(file.startsWith(`${make.split(' ').at(-1)}/`)).toBe(true);
    const kept = file.replace('/dev/shm', top);
    writeFileSync(kept, 'k');
    run(DESTROY_KEY_FILE);
    expect(existsSync(kept)).toBe(false);
    // Each line but the last goes on in the next.
    expect(decrypt.split('\n').map((line) => line.endsWith(' \\'))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('the password that was cut short', () => {
  test('the guide says what follows of it: the .enc file is guarded like the share', () => {
    expect(PIV_CUT).toContain('Guard the .enc file as an open legacy share');
    expect(PIV_CUT).toContain('before the first new line or zero byte');
    expect(PIV_CUT).toContain('opens without any YubiKey');
    expect(PIV_CUT).toContain('yours opens all the same');
  });

  test('and how often: about 1 in 5, and 1 in 256 to nothing', () => {
    expect(PIV_CUT).toContain('about 1 in 5 was cut short by that, and 1 in 256 to nothing');
    expect(1 - (254 / 256) ** 32).toBeCloseTo(0.22, 2);
  });

  test('so it is: without the YubiKey OpenSSL itself opens a file whose key began with a new line', () => {
    const at = (name: string) => path.join(top, name);
    const key = new Uint8Array(32).fill(0x41);
    key[0] = 0x0a;
    writeFileSync(at('key'), key);
    writeFileSync(at('share'), '803-3-share');
    const cipher = ['enc', '-aes-256-cbc', '-salt', '-pbkdf2'];
    const files = (from: string) => ['-in', at(from), '-out', at(`${from}.out`)];
    execFileSync('openssl', [...cipher, '-pass', `file:${at('key')}`, ...files('share')]);
    const opened = execFileSync('openssl', [
      ...cipher,
      '-d',
      '-pass',
      'pass:',
      '-in',
      at('share.out'),
    ]);
    expect(opened.toString()).toBe('803-3-share');
  });
});
