/**
 * A share is checked without sync: no package, no bundle. This laptop alone remembers it.
 * @module
 */
import assert from 'node:assert/strict';
import { isOver } from '../e2e/ending.ts';
import { openIdentity, sign, sitDown } from '../e2e/people.ts';
import { giveShare } from '../e2e/recover.ts';
import { checkLaptop } from '../e2e/split.ts';
import type { Room } from './room.ts';

const LABEL = '2026 B';

export async function checkWithoutSync(room: Room): Promise<void> {
  const { app, report, witness, custodians } = room;
  const [, , third] = custodians;
  await report.show('a share is checked without sync; home says on whose word', async () => {
    await app.press(`Check shares without sync: ${LABEL}`);
    const { byWord, label } = await app.at('drill-facts');
    assert.deepEqual([byWord, label], [true, LABEL]);
    await app.look('facts of a check');
    await app.press('Everyone agrees to read these shares');
    await checkLaptop(app);
    await giveShare(app, third, 'drill-round');
    await app.at('drill-round');
    await app.look('check round');
    await app.press('Nobody else today: the witness signs');
    await sitDown(app, witness);
    await openIdentity(app, witness);
    await sign(app, witness);
    const { title, read, failed } = await app.at('drill-checked');
    assert.deepEqual([title, read, failed], ['Check of shares, without sync', [3], []]);
    await isOver(app);
    await app.press('Back to home');
    await app.page('Are the keys safe?', 'home checked');
    const card = app.window.getByRole('region', { name: `Share set ${LABEL}, Safe` });
    await card.getByText('on this laptop’s word').waitFor();
  });
}
