#!/usr/bin/env node
// A package has only the built program. In a checkout the source runs, through tsx, so that
// yesterday's build is never taken for today's code.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli.mjs', import.meta.url);
const source = new URL('../cli/main.ts', import.meta.url);
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  await import(built.href);
}
