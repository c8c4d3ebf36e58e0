/**
 * A ceremony that is cut off before its bundle: void, and what was written is listed by name.
 * @module
 */
import assert from 'node:assert/strict';
import { type App, startApp } from './app.ts';
import { chooseStick, makeIdentity, onStick, sitDown, type Person } from './people.ts';
import type { Report } from './report.ts';
import { enrol, openSplit, type Cast, type SyncWords } from './split.ts';
import { ext4Stick, practiceStick } from './sticks.ts';

export interface Interrupted {
  readonly app: App;
  /** Whoever got a share of the void set. */
  readonly holder: Person;
}

export async function interrupted(
  start: App,
  report: Report,
  sync: SyncWords,
): Promise<Interrupted> {
  const { practice } = start.folders;
  const holder = onStick('custodian 1', await ext4Stick('VOID1'));
  const other = (name: string) => onStick(name, { label: '', path: '', volume: null });
  const cast: Cast = {
    operator: onStick('operator', await practiceStick(practice, 'C')),
    witness: onStick('witness', await practiceStick(practice, 'D')),
    custodians: [holder, other('custodian 2'), other('custodian 3'), other('custodian 4')],
  };
  return report.show(
    'killed before the bundle: void, with the media to destroy by name',
    async () => {
      await openSplit(start, cast, sync);
      for (const one of [cast.operator, cast.witness]) await enrol(start, one);
      await start.at('make-key');
      await start.press('Make and split the platform key');
      await sitDown(start, holder);
      await makeIdentity(start, holder);
      assert(holder.stick);
      await chooseStick(start, holder.stick);
      await start.at('replug');
      await start.kill();

      const app = await startApp(start.folders, start.seen);
      await app.look('home interrupted');
      const line = app.window.getByRole('region', {
        name: /^New platform key.*(Interrupted|Void)/,
      });
      const said = await line.innerText();
      assert.match(said, /void/i);
      assert.match(said, /Destroy these in front of the witness/);
      assert.match(said, /share 1 of 4, custodian 1, stick VOID1/);
      return { app, holder };
    },
  );
}
