// `npm test`: sets everything up, then runs every check and test there is: types, lint and layers,
// unit and property tests beside the modules, sync on real servers, the laptop, the real window,
// an adoption, what a set in use goes through and YubiKeys in software in it, the packages. What
// mounts sticks runs in three lanes beside each other where each can have mounts of its own. What
// failed is named once more at the end, because it happened an hour of output ago. The sum of all
// parts is the last line, "N passed, N failed". Fails when anything failed or no test ran.
import { apart, canBeApart } from './lib/apart.mjs';
import { build } from './lib/build.mjs';
import { hasDisplay, inDisplay } from './lib/display.mjs';
import { inLanes } from './lib/lanes.mjs';
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

/** The parts of `npm run check`, two at a time: half of them keep one processor busy. */
const CHECKS = [
  ['types', 'layers', 'unused'],
  ['format:check', 'lint'],
];

/** Each counted as one test: a wrong import must not pass here. */
async function check() {
  const counts = { passed: 0, failed: 0, skipped: 0, faults: [] };
  const inTurn = async (scripts) => {
    for (const script of scripts) {
      const code = await watch('npm', ['run', '-s', script], () => false);
      counts[code === 0 ? 'passed' : 'failed'] += 1;
      if (code === 0) continue;
      console.error(`npm run ${script} ended with exit code ${code}.`);
      counts.faults.push(`check | npm run ${script} ended with exit code ${code}.`);
    }
  };
  await Promise.all(CHECKS.map(inTurn));
  say(`check: ${counts.passed} ok, ${counts.failed} not ok`);
  return counts;
}

function vitest(project, flags = []) {
  const reporters = ['--reporter=default', '--reporter=./scripts/lib/closing-line.mjs'];
  return ['npx', ['--no-install', 'vitest', 'run', '--project', project, ...reporters, ...flags]];
}

/** A project whose files run one after the other, in so many parts. */
function shards(project, count) {
  return Array.from({ length: count }, (_, at) => {
    const shard = `${at + 1}/${count}`;
    return { name: `${project} ${shard}`, command: () => vitest(project, [`--shard=${shard}`]) };
  });
}

function inWindow(name, file, flags = []) {
  // Two lanes that look for a free display at once would find the same.
  return { name, command: (lane) => inDisplay(typescript(file, [], flags), 100 * (lane + 1)) };
}

/** What mounts sticks; what takes longest first, so that the lanes end at about the same time. */
function mounting() {
  return [
    inWindow('window', 'test/e2e/run.ts'),
    inWindow('change', 'test/e2e-change/run.ts'),
    inWindow('version', 'test/e2e-version/run.ts'),
    ...shards('ceremonies', 4),
    ...shards('worker', 3),
    inWindow('screens', 'test/screens/run.ts'),
    inWindow('keys', 'test/e2e-keys/run.ts'),
    inWindow('adopt', 'test/e2e-adopt/run.ts'),
    // One moment in the middle of each; all of them take hours.
    { name: 'crash', command: () => typescript('test/crash/main.ts', ['--each', '1']) },
    // Its app is driven over a WebSocket, which Node 20 has behind this flag.
    inWindow('packages', 'test/packaging/run.ts', ['--experimental-websocket']),
  ];
}

/**
 * One lane uses three quarters of a core, because it waits for windows, sticks and the system's
 * tools: three fill two cores.
 */
const LANES = 3;

/** In lanes where none finds another's sticks, else one after the other. */
async function beside(all) {
  const isApart = canBeApart() && !hasDisplay();
  return inLanes(all, isApart ? LANES : 1, ({ name, command }, lane) =>
    part(name, isApart ? apart(command(lane)) : command(lane)),
  );
}

await main(async () => {
  const parts = [];
  try {
    await setup({ app: true, display: !hasDisplay(), tests: true });
    build();
    parts.push(await check());
    for (const project of ['unit', 'integration']) parts.push(await part(project, vitest(project)));
    parts.push(...(await beside(mounting())));
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
