/**
 * The main job in the real window. `node --import tsx test/e2e/run.ts`, after the build.
 * @module
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { nothingSeen, startApp } from './app.ts';
import { emptyTable } from '../support/camera.ts';
import { castOf, split } from './split.ts';
import { startReport } from './report.ts';
import { makeShareSet, makeSetupPackage } from '../support/documents.ts';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { disposeSticks, fatStick } from './sticks.ts';

const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-e2e-'));
const folders = {
  data: top + '/data',
  practice: top + '/practice',
  film: top + '/c.mjpeg',
  pictures: top + '/pictures',
};
await emptyTable(folders.film);
const seen = nothingSeen();
const app = await startApp(folders, seen);
const report = startReport({
  onFailure: async () => {
    await app.window.screenshot({ path: top + '/failed.png' });
    for (const [i, p] of app.electron.windows().entries())
      await p.screenshot({ path: `${top}/failed-${i}.png` });
  },
});
try {
  await app.look('home');
  const cast = await castOf(folders.practice);
  const courier = await fatStick('COURIER');
  const set = await makeShareSet({ mode: 'rehearsal' });
  const pkg = await makeSetupPackage(set);
  const d = set.sync.descriptor;
  await writeFile(
    courier.path + `/conclave-descriptor-${d.digest.slice(0, 8)}.json`,
    descriptorType.toBytes(d),
  );
  await writeFile(
    courier.path + `/conclave-package-${pkg.document.digest.slice(0, 8)}.json`,
    packageType.toBytes(pkg.document),
  );
  await split(app, report, cast, { words: eightWords(hexToBytes(d.digest)) });
} catch (e) {
  console.log(e);
}
console.log([...new Set(seen.violations.map((v) => v.screen + ' ' + v.rule))].join(' | '), top);
await app.close();
await disposeSticks();
console.log(seen.said.length, seen.output.join('').slice(0, 1500));
console.log(report.closing());
process.exit(report.failed);
