// Runs the layer rules, of files and then of folders, and refuses a run that saw no modules:
// dependency-cruiser calls an empty tree "no violations".
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const folders = ['shared', 'ui', 'electron', 'renderer', 'sync'].filter((folder) =>
  existsSync(folder),
);

/** @returns how many modules were seen, and whether each of their arrows may be */
function follow(config) {
  let output;
  try {
    output = execFileSync(
      'npx',
      ['depcruise', '--config', config, '--output-type', 'json', ...folders],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
  } catch (error) {
    output = error.stdout;
  }
  const { summary } = JSON.parse(output);
  for (const { rule, from, to } of summary.violations) {
    console.error(`${rule.name}: ${from} -> ${to}`);
  }
  if (summary.totalCruised < 10) {
    console.error(`Only ${summary.totalCruised} modules were seen: the check saw no code.`);
    process.exit(1);
  }
  return { modules: summary.totalCruised, isSound: summary.violations.length === 0 };
}

const [files, rooms] = ['.dependency-cruiser.cjs', '.dependency-cruiser-rooms.cjs'].map(follow);
if (!files.isSound || !rooms.isSound) process.exit(1);
console.log(`layers: ${files.modules} modules, 0 violations`);
