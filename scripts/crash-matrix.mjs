// `npm run crash-matrix`: a laptop killed at every moment of its ceremonies, then every test in which
// sync dies between two writes, loses an answer, or gets an older Vault or database back.
import { readdirSync } from 'node:fs';
import { main, say, typescript, watch } from './lib/run.mjs';
import { root } from './lib/cache.mjs';
import { setup } from './setup.mjs';

/** Of test/integration. */
const OF_SYNC = /^sync-.*-?\b(crash|restore|epochs|lost|outage|races)\b.*\.test\.ts$/;
const CLOSING = /^(\d+) passed, (\d+) failed/;

/** @returns how many were tried and how many were not ok */
async function part(name, [command, args]) {
  say(`${name}:`);
  let counts;
  const code = await watch(command, args, (line) => {
    const found = CLOSING.exec(line.trim());
    if (found !== null) counts = [Number(found[1]), Number(found[2])];
    return found !== null;
  });
  const [passed, failed] = counts ?? [0, 1];
  return { tried: passed + failed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

await main(async () => {
  await setup({ tests: true });
  const given = process.argv.slice(2);
  const parts = [await part('laptop', typescript('test/crash/main.ts', given))];
  if (given.length === 0) {
    const files = readdirSync(`${root}/test/integration`).filter((name) => OF_SYNC.test(name));
    const paths = files.map((name) => `test/integration/${name}`);
    const reporters = ['--reporter=default', '--reporter=./scripts/lib/closing-line.mjs'];
    const vitest = ['--no-install', 'vitest', 'run', '--project', 'integration'];
    parts.push(await part('sync', ['npx', [...vitest, ...reporters, ...paths]]));
  }
  const sum = (field) => parts.reduce((all, one) => all + one[field], 0);
  console.log(`${sum('tried')} points tried.`);
  console.log(`${sum('tried') - sum('failed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
});
