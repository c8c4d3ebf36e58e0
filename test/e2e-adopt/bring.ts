/**
 * What people bring of the key that exists, one deployment after the other, until it is proved or two
 * answer for it.
 * @module
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answerSentence } from '../../shared/ceremony/adopt/sentences.ts';
import type { App } from '../e2e/app.ts';
import { inFront } from '../e2e/people.ts';
import type { Room } from './room.ts';

/** A person comes with a text file. */
async function giveFile({ app: window, top }: Room, by: string, text: string): Promise<void> {
  await window.at('legacy-shares');
  await window.select('Who gives a legacy share', 'Somebody else');
  await window.type(by, 'Name');
  await window.choose('A text file on a stick');
  await window.press('Read this legacy share');
  const page = await inFront(window, /^Open the file with your legacy share/);
  const file = path.join(top, `${by.replaceAll(' ', '-')}.txt`);
  await writeFile(file, 'no share at all\n');
  await window.hands.open(page, /^File/, file);
  await page.getByRole('alert').getByText('legacy-not-a-share').waitFor();
  await writeFile(file, text);
  await window.hands.open(page, /^File/, file);
}

/** With the paper of that day: first with a letter for a digit. */
async function giveTyped(window: App, by: string, share: string): Promise<void> {
  await window.at('legacy-shares');
  await window.select('Who gives a legacy share', by);
  await window.choose('Typed from paper');
  await window.press('Read this legacy share');
  const page = await inFront(window, /^Type your legacy share/);
  const field = page.getByLabel('Its digits');
  const [, number = '', digits = ''] = share.split('-');
  await window.hands.type(page, number, 'Number of the legacy share');
  await field.fill(`${digits.slice(0, 40)}O${digits.slice(41)}`);
  await page.getByText('Only 0 to 9 and a to f can be in it.').first().waitFor();
  await window.look('entry legacy typed', page);
  await field.fill(digits);
  // In a field of several lines Enter is a new line.
  await window.hands.press(page, 'Hand over this legacy share');
}

export async function first(room: Room): Promise<void> {
  const { app: window, vintage, custodians } = room;
  const [one = '', two = '', , four = ''] = vintage.key.shares;
  await giveFile(room, 'a former custodian', one);
  await giveTyped(window, custodians[0].name, four);
  await giveFile(room, 'a doctor', `Share 2: ${two}\r\n`);
  await window.at('legacy-shares');
  await window.press('Compare the legacy shares');
  const { judged } = await window.at('legacy-proof');
  assert.equal(judged?.standing, 'uncompared');
  await window.press('Try it on the stored survey key');
}

/** One file with all four, as the command printed them, and a digit that was copied wrongly. */
export async function second(room: Room): Promise<void> {
  const { app: window, vintage } = room;
  const shares = vintage.key.shares.map((share, at) => {
    const wrong = `${share.slice(0, 90)}${share[90] === '7' ? '8' : '7'}${share.slice(91)}`;
    return `Share ${at + 1}: ${at === 2 ? wrong : share}`;
  });
  await giveFile(room, 'the platform engineer', `${shares.join('\n')}\n`);
  await window.at('legacy-shares');
  await window.press('Compare the legacy shares');
  const { judged } = await window.at('legacy-proof');
  assert.deepEqual(
    [judged?.standing, judged?.suspects.map(({ number }) => number)],
    ['wrong', [3]],
  );
  await window.press('Try it on the stored survey key');
  const { places } = await window.at('legacy-decision');
  assert.deepEqual(places, ['row']);
  await answerForIt(room);
}

/** One after the other, each with a name and a sentence of the own. */
async function answerForIt({ app: window, custodians, witness }: Room): Promise<void> {
  for (const { name } of [custodians[0], witness]) {
    const { places } = await window.at('legacy-decision');
    const [place = 'both'] = places;
    await window.type(name, 'Your name');
    await window.type(answerSentence(place), 'Your answer');
    await window.press('I answer for it');
    if (name === witness.name) continue;
    await window.window.getByText(`${name} has answered.`).first().waitFor();
    await window.look('decision, the second person');
  }
}

/** Three shares, and nothing that could prove what they give: one more is brought before two answer. */
export async function third(room: Room): Promise<void> {
  const { app: window, vintage } = room;
  const [one = '', two = '', three = '', four = ''] = vintage.key.shares;
  await giveFile(room, 'the platform engineer', `${[one, two, three].join('\n')}\n`);
  await window.at('legacy-shares');
  await window.press('Compare the legacy shares');
  const alone = await window.at('legacy-proof');
  assert.deepEqual([alone.judged?.standing, alone.keys], ['uncompared', []]);
  await window.press('Bring one more legacy share');
  await giveFile(room, 'a doctor', four);
  await window.at('legacy-shares');
  await window.press('Compare the legacy shares');
  const { judged } = await window.at('legacy-proof');
  assert.deepEqual([judged?.standing, judged?.agreed], ['agree', true]);
  await window.press('Go on to the two who answer');
  const { places, proof } = await window.at('legacy-decision');
  assert.deepEqual([places, proof?.opened], [['vault'], []]);
  await window.look('decision without proof');
  await answerForIt(room);
}
