/**
 * What is left of the set that was interrupted at the beginning is destroyed before the witness, in
 * the real window: one custodian is there, the other one's stick stays on the list.
 * @module
 */
import assert from 'node:assert/strict';
import type { App } from './app.ts';
import { saveLog } from './ending.ts';
import { openIdentity, sign, sitDown, type Person } from './people.ts';
import type { Report } from './report.ts';
import { checkLaptop } from './split.ts';
import type { Stick } from './sticks.ts';

export async function destroyVoidSet(
  app: App,
  report: Report,
  people: { readonly reader: Person; readonly witness: Person; readonly courier: Stick },
): Promise<void> {
  const { reader, witness, courier } = people;
  await report.show(
    'a sheet of the void set is destroyed before the witness, who signs',
    async () => {
      await app.press(/^Destroy what is left of /);
      const { things, standing } = await app.at('destruction');
      assert.equal(standing, 'void');
      assert.deepEqual(
        things.map(({ custodian }) => custodian),
        ['custodian 1', 'custodian 2'],
      );
      await app.press('Everyone agrees to destroy this');
      await checkLaptop(app);
      await app.at('destroyers');
      await app.choose('custodian 1');
      await app.press('This custodian is next');
      await sitDown(app, reader);
      await app.at('destroy');
      await app.press(/^Everybody saw .* destroyed$/);
      await app.press('Go on to my signature');
      await openIdentity(app, reader);
      await sign(app, reader);
      const { progress } = await app.at('destroyers');
      assert.deepEqual(progress, { done: 1, of: 2 });
      await app.press('Nobody else today: witness signs');
      await sitDown(app, witness);
      await openIdentity(app, witness);
      await sign(app, witness);
      const { gone, left, ceremonyId } = await app.at('destroyed');
      assert.match(gone.join(), /^custodian 1: /);
      assert.match(left.join(), /^custodian 2: .*stick VOID2/);
      await saveLog(app, courier, ceremonyId);
      await app.press('Back to home');
      await app.page('Are the keys safe?', 'home destroyed');
      await app.window.getByText('1 of 2 things destroyed before a witness.').waitFor();
    },
  );
}
