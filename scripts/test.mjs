// `npm test`: sets everything up, then runs every check and test there is: types, lint and layers,
// unit and property tests beside the modules, sync on real servers, the laptop, the real window,
// an adoption, what a set in use goes through and YubiKeys in software in it, the packages. What
// mounts sticks runs in two lanes beside each other where each can have mounts of its own. What
// failed is named once more at the end, because it happened an hour of output ago. The sum of all
// parts is the last line, "N passed, N failed". Fails when anything failed or no test ran.
import { apart, canBeApart } from './lib/apart.mjs';
import { build } from './lib/build.mjs';
import { hasDisplay, inDisplay } from './lib/display.mjs';
import { main, say, Told, typescript, watch } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** As scripts/lib/closing-line.mjs and the runs in real windows name what failed. */
const NOT_OK = /\bNOT OK {2}/;
const CLOSING = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

/** Runs one part and returns its counts; a part that fails without counting counts as one failure. */
async function part(name, [command, args]) {
  say(`${name}:`);
  const start = performance.now();
  let counts;
  const faults = [];
  const take = (line) => {
    const match = CLOSING.exec(line.trim());
    if (NOT_OK.test(line)) faults.push(`${name} | ${line.trim()}`);
    if (match) counts = match.slice(1).map((number) => Number(number ?? 0));
    // Two parts write at once: each line says whose it is.
    else console.log(`${name} | ${line}`);
    return true;
  };
  const code = await watch(command, args, take);
  const [passed, failed, skipped] = counts ?? [0, 0, 0];
  const silent = counts === undefined || (code !== 0 && failed === 0) ? 1 : 0;
  if (silent) {
    const fault = `ended with exit code ${code} and ${counts ? 'no failed test' : 'no count'}.`;
    console.error(`${name} ${fault}`);
    faults.push(`${name} | ${fault}`);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  say(`${name}: ${passed} ok, ${failed + silent} not ok, in ${seconds} s`);
  return { passed, failed: failed + silent, skipped, faults };
}

/** The parts of `npm run check`, each counted as one test: a wrong import must not pass here. */
async function check() {
  const counts = { passed: 0, failed: 0, skipped: 0, faults: [] };
  for (const script of ['types', 'lint', 'layers', 'format:check', 'unused']) {
    const code = await watch('npm', ['run', '-s', script], () => false);
    counts[code === 0 ? 'passed' : 'failed'] += 1;
    if (code === 0) continue;
    console.error(`npm run ${script} ended with exit code ${code}.`);
    counts.faults.push(`check | npm run ${script} ended with exit code ${code}.`);
  }
  say(`check: ${counts.passed} ok, ${counts.failed} not ok`);
  return counts;
}

function vitest(project) {
  const reporters = ['--reporter=default', '--reporter=./scripts/lib/closing-line.mjs'];
  return ['npx', ['--no-install', 'vitest', 'run', '--project', project, ...reporters]];
}

/** What mounts sticks, in two lanes that take about as long as each other. */
function lanes() {
  const window = (file, number, flags = []) => inDisplay(typescript(file, [], flags), number);
  // Its app is driven over a WebSocket, which Node 20 has behind this flag.
  const packages = window('test/packaging/run.ts', 200, ['--experimental-websocket']);
  return [
    {
      worker: vitest('worker'),
      window: window('test/e2e/run.ts', 100),
      change: window('test/e2e-change/run.ts', 100),
    },
    {
      ceremonies: vitest('ceremonies'),
      screens: window('test/screens/run.ts', 200),
      adopt: window('test/e2e-adopt/run.ts', 200),
      keys: window('test/e2e-keys/run.ts', 200),
      packages,
    },
  ];
}

async function lane(commands) {
  const parts = [];
  for (const [name, command] of Object.entries(commands)) parts.push(await part(name, command));
  return parts;
}

/** The lanes at once where none finds another's sticks, else one after the other. */
async function beside(all) {
  if (!canBeApart() || hasDisplay()) return lane(Object.assign({}, ...all));
  const own = ([name, command]) => [name, apart(command)];
  const parts = await Promise.all(
    all.map((one) => lane(Object.fromEntries(Object.entries(one).map(own)))),
  );
  return parts.flat();
}

await main(async () => {
  const parts = [];
  try {
    await setup({ app: true, display: !hasDisplay(), tests: true });
    build();
    parts.push(await check());
    for (const project of ['unit', 'integration']) parts.push(await part(project, vitest(project)));
    parts.push(...(await beside(lanes())));
  } catch (error) {
    const fault = error instanceof Told ? error.message : error;
    console.error(fault);
    parts.push({ passed: 0, failed: 1, skipped: 0, faults: [String(fault)] });
  }
  const faults = parts.flatMap((counts) => counts.faults);
  if (faults.length > 0) console.log(['What failed:', ...faults].join('\n'));
  const sum = (key) => parts.reduce((total, counts) => total + counts[key], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(sum);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 || passed === 0 ? 1 : 0;
});
