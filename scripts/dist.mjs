// `npm run dist`: a package that installs without a network, with its SHA-256 sums, in dist/ (or
// where CONCLAVE_DIST says).
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { build } from './lib/build.mjs';
import { root } from './lib/cache.mjs';
import { main, output, run, say, typescript } from './lib/run.mjs';
import { setup } from './setup.mjs';

const dist = path.resolve(process.env.CONCLAVE_DIST ?? path.join(root, 'dist'));
const parts = path.join(root, 'scripts', 'packaging');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const LIBRARIES = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libasound2 | libasound2t64',
  'libgbm1',
  'libusb-1.0-0',
];

/** Lets whoever sits at the laptop use a YubiKey. */
const UDEV_RULES = '70-conclave-yubikey.rules';
/** For the day without Conclave; each is read before it is trusted. */
const BREAK_GLASS = ['break-glass.py', 'break-glass-key.py'];

/** Where desktops look for the icon that conclave.desktop names. */
const ICONS = {
  '256x256': 'conclave-256.png',
  '512x512': 'conclave-512.png',
  scalable: 'conclave.svg',
};

/** The unpacked app, under its final name. */
function pack(electron, name) {
  const settings = [
    `-c.electronDist=${electron.folder}`,
    `-c.electronVersion=${electron.version}`,
    `-c.directories.output=${path.join(dist, 'unpacked')}`,
    ...(electron.supported ? [] : [`-c.extraMetadata.name=conclave-rehearsal`]),
  ];
  run('npx', ['--no-install', 'electron-builder', '--linux', 'dir', ...settings], {
    env: { ...process.env, CONCLAVE_DIST_STAND_IN: electron.supported ? '0' : '1' },
  });
  const folder = path.join(dist, name);
  renameSync(path.join(dist, 'unpacked', 'linux-unpacked'), folder);
  rmSync(path.join(dist, 'unpacked'), { recursive: true });
  // Marks of the cache folder that the stand-in comes from.
  for (const mark of ['complete', 'version']) rmSync(path.join(folder, mark), { force: true });
  // Electron takes app.asar before the folder of the stand-in's loader, which looks for this name.
  const resources = path.join(folder, 'resources');
  if (!electron.supported) {
    for (const part of ['asar', 'asar.unpacked']) {
      renameSync(path.join(resources, `app.${part}`), path.join(resources, `conclave.${part}`));
    }
  }
  return folder;
}

/** The same bytes for the same input: order, owner and time are fixed. */
function archive(name, seconds) {
  const fixed = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${seconds}`];
  const file = `${name}.tar.gz`;
  run('tar', [
    ...fixed,
    '-C',
    dist,
    '--use-compress-program=gzip -n',
    '-cf',
    path.join(dist, file),
    name,
  ]);
  return file;
}

function debianPackage(folder, name, packageName, seconds) {
  if (output('dpkg-deb', ['--version']) === undefined) return undefined;
  const stage = path.join(dist, 'stage');
  for (const part of ['DEBIAN', 'opt', 'usr/bin', 'usr/share/applications']) {
    mkdirSync(path.join(stage, part), { recursive: true });
  }
  cpSync(folder, path.join(stage, 'opt/conclave'), { recursive: true, verbatimSymlinks: true });
  symlinkSync('/opt/conclave/conclave', path.join(stage, 'usr/bin/conclave'));
  copyFileSync(
    path.join(parts, 'conclave.desktop'),
    path.join(stage, 'usr/share/applications/conclave.desktop'),
  );
  for (const [size, file] of Object.entries(ICONS)) {
    const target = path.join(stage, 'usr/share/icons/hicolor', size, 'apps');
    mkdirSync(target, { recursive: true });
    const icon = path.join(target, `conclave${path.extname(file)}`);
    copyFileSync(path.join(root, 'resources/icons', file), icon);
  }
  const rules = path.join(stage, 'lib/udev/rules.d');
  mkdirSync(rules, { recursive: true });
  copyFileSync(path.join(root, 'resources', UDEV_RULES), path.join(rules, UDEV_RULES));
  copyFileSync(path.join(parts, 'postinst'), path.join(stage, 'DEBIAN/postinst'));
  chmodSync(path.join(stage, 'DEBIAN/postinst'), 0o755);
  const control = [
    `Package: ${packageName}`,
    `Version: ${version}`,
    'Architecture: amd64',
    'Maintainer: Conclave',
    'Section: utils',
    'Priority: optional',
    `Depends: ${LIBRARIES.join(', ')}`,
    'Conflicts: conclave, conclave-rehearsal',
    'Description: Key ceremonies for CheckTick, for a laptop without a network',
  ];
  writeFileSync(path.join(stage, 'DEBIAN/control'), `${control.join('\n')}\n`);
  const file = `${name}.deb`;
  run('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', stage, path.join(dist, file)], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
    stdio: 'ignore',
  });
  rmSync(stage, { recursive: true });
  return file;
}

function sums(files) {
  const lines = files.map((file) => {
    const digest = createHash('sha256')
      .update(readFileSync(path.join(dist, file)))
      .digest('hex');
    return `${digest}  ${file}`;
  });
  writeFileSync(path.join(dist, 'SHA256SUMS'), `${lines.join('\n')}\n`);
  return lines;
}

await main(async () => {
  const electron = await setup({ app: true, official: true });
  build();
  rmSync(dist, { recursive: true, force: true });
  // Production is refused in the stand-in, and the file's name says so before anyone carries it.
  const name = `conclave-${version}-linux-x64${electron.supported ? '' : '-rehearsal-only'}`;
  const folder = pack(electron, name);
  if (!existsSync(path.join(folder, 'conclave'))) throw new Error('The app is not in the package.');
  copyFileSync(path.join(root, 'docs/install.md'), path.join(folder, 'INSTALL.md'));
  copyFileSync(path.join(root, 'resources', UDEV_RULES), path.join(folder, UDEV_RULES));
  const seconds = output('git', ['log', '-1', '--format=%ct']) ?? '0';
  const packageName = electron.supported ? 'conclave' : 'conclave-rehearsal';
  const deb = debianPackage(folder, name, packageName, seconds);
  run(...typescript('scripts/verify/build.ts', [dist]));
  const sync = `conclave-sync-${version}`;
  run(...typescript('scripts/sync/build.ts', [path.join(dist, sync)]));
  const packed = [
    archive(name, seconds),
    ...(deb === undefined ? [] : [deb]),
    archive(sync, seconds),
  ];
  for (const program of BREAK_GLASS) {
    copyFileSync(path.join(root, 'resources', program), path.join(dist, program));
  }
  copyFileSync(path.join(root, 'docs/break-glass.md'), path.join(dist, 'BREAK-GLASS.md'));
  const files = [...packed, 'conclave-verify.mjs', ...BREAK_GLASS, 'BREAK-GLASS.md'];
  // SECURITY: dist/ goes onto the stick as it is. What has no sum of its own is not in it.
  for (const open of [folder, path.join(dist, sync)]) rmSync(open, { recursive: true });
  say(`Made in ${path.relative(root, dist)}/:`);
  for (const line of sums(files)) console.log(line);
  if (deb === undefined) say('No .deb: this system has no dpkg-deb.');
  if (!electron.supported) {
    say(
      `Built on Electron ${electron.version}: for rehearsals only. Real ceremonies are refused in it.`,
    );
  }
});
