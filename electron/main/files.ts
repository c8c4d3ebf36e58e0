/**
 * The files that the windows may load, listed once.
 *
 * SECURITY: a request is a look-up in this list by the exact path. No path is joined, decoded or
 * resolved, so none can leave the folder.
 * @module
 */
import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

export interface ServedFile {
  readonly file: string;
  readonly type: string;
}

/** Every file below `folder` whose type is known, by its path in a URL: `/assets/main-x.js`. */
export function listFiles(folder: string, prefix = ''): Map<string, ServedFile> {
  const files = new Map<string, ServedFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name);
    const path = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) {
      for (const [deeper, served] of listFiles(file, path)) files.set(deeper, served);
    } else {
      const type = TYPES[extname(entry.name)];
      if (type !== undefined) files.set(path, { file, type });
    }
  }
  return files;
}
