/** Links of the documents: each leads to a file that is there, and to a heading that it has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** As GitHub and its kin name a heading. */
const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

it('every link in the documents leads somewhere', () => {
  const documents = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name));
  const pages = ['README.md', ...documents];
  const broken: string[] = [];
  let followed = 0;
  for (const page of pages) {
    const text = readFileSync(path.join(root, page), 'utf8').replace(/^```.*?^```/gms, '');
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      followed += 1;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      const there = existsSync(path.join(root, target));
      const has = () => anchorsIn(readFileSync(path.join(root, target), 'utf8'));
      if (!there || (anchor !== undefined && !has().includes(anchor))) {
        broken.push(`${page}: ${link}`);
      }
    }
  }
  expect(broken).toEqual([]);
  expect(followed).toBeGreaterThan(200);
});
