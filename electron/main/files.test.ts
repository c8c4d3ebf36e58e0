import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listFiles } from './files.ts';
import { whyNoProduction } from './production.ts';

const root = mkdtempSync(join(tmpdir(), 'files-'));
mkdirSync(join(root, 'renderer', 'assets'), { recursive: true });
writeFileSync(join(root, 'renderer', 'index.html'), '');
writeFileSync(join(root, 'renderer', 'assets', 'main.js'), '');
writeFileSync(join(root, 'renderer', 'assets', 'main.js.map'), '');
writeFileSync(join(root, 'secret.html'), '');
afterAll(() => rmSync(root, { recursive: true }));

describe('the files that a window may load', () => {
  const files = listFiles(join(root, 'renderer'));

  it('are those below the folder, of known types', () => {
    expect([...files.keys()].sort()).toEqual(['/assets/main.js', '/index.html']);
    expect(files.get('/assets/main.js')?.type).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '//index.html',
    '/index.html/',
    '/INDEX.HTML',
    '',
  ])('are not found by any other path: %s', (path) => {
    expect(files.get(path)).toBeUndefined();
    // As the scheme's handler asks, after the URL was parsed.
    const parsed = new URL(`app://main${path}`).pathname;
    expect(files.get(parsed)?.file ?? '').not.toContain('secret');
  });
});

describe('a real ceremony', () => {
  it('needs the supported Electron, packaged', () => {
    expect(whyNoProduction('45.4.1', true)).toBeNull();
    expect(whyNoProduction('45.4.1', false)).toContain('source code');
    expect(whyNoProduction('22.3.25', true)).toContain('Electron 22.3.25');
    expect(whyNoProduction('46.0.0', true)).toContain('Electron 45');
  });
});
