/**
 * From an empty laptop to an open package: the first ticket, two who release, the plan, the people.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { newest } from '../e2e/ending.ts';
import { openIdentity, sitDown, typeWords, writeDownWords } from '../e2e/people.ts';
import { agreeOnAny, typePeople } from '../e2e/plan.ts';
import { chooseDocument, checkLaptop, enrol } from '../e2e/split.ts';
import type { Room } from './room.ts';

/** On an empty laptop: which sync, a new identity, the ticket's own words. */
export async function ticket({ app: window, words, descriptor, operator, courier }: Room) {
  assert(operator.stick);
  await window.page('Choose how to begin', 'home empty');
  await window.press('Make a ticket for an adoption');
  await window.page('Make a ticket for an adoption', 'adopt ticket');
  await window.choose(descriptor);
  const wrong = words.split(' ').reverse().join(' ');
  await window.type(operator.name, 'Operator');
  await window.choose(operator.stick.label, 'The stick for the ticket');
  await window.type(wrong, 'Eight words of the descriptor');
  await window.press('Make the ticket');
  await window.refusedWith('words-differ');
  await window.type(words, 'Eight words of the descriptor');
  await window.press('Make the ticket');
  operator.words = await writeDownWords(window);
  await typeWords(window, operator.words);
  const six = await writeDownWords(window);
  await typeWords(window, six);
  await window.page('Carry the stick to sync', 'ticket made');
  const eight = await window.words('Eight words of the ticket');
  await window.press('The words were read, back to home');
  assert.notEqual(courier.path, operator.stick.path);
  return { six, eight, file: await newest(operator.stick, 'ticket', '.json') };
}

/** Asked for by the operator; both approvers heard the ticket's words. */
export async function fetchPackage(
  { sync, vintage, courier }: Room,
  { eight, file }: { readonly eight: string; readonly file: string },
): Promise<string> {
  const asked = { 'key-version': vintage.version, ticket: file };
  const wrong = eight.split(' ').reverse().join(' ');
  await sync.refusing('operator', 'package adopt', { ...asked, words: wrong });
  const { nonce } = await sync.as('operator', 'package adopt', { ...asked, words: eight });
  assert(typeof nonce === 'string');
  const release = `package approve ${nonce}`;
  const reason = 'spoken with the person who holds the ticket';
  await sync.refusing('approver-1', release, { words: wrong, reason });
  for (const approver of ['approver-1', 'approver-2'] as const) {
    await sync.as(approver, release, { words: eight, reason });
  }
  const got = await sync.as('operator', `package get ${nonce}`, { out: courier.path });
  assert(typeof got['file'] === 'string');
  return path.basename(got['file']);
}

export async function open(room: Room, six: string, packageName: string): Promise<void> {
  const { app: window, operator, witness, custodians } = room;
  assert(operator.stick);
  await window.press('Rehearse the adoption');
  await chooseDocument(window, 'descriptor', 'Use this descriptor', room.descriptor);
  await chooseDocument(window, 'package', 'Use this package', packageName);
  await typePeople(window, { operator, witness, custodians });
  await agreeOnAny(window, 2);
  await checkLaptop(window);
  await sitDown(window, operator);
  await openIdentity(window, operator);
  await enrol(window, witness);
  await window.at('ticket-key');
  await window.choose(operator.stick.label);
  await window.press('Open the package');
  await typeWords(window, six);
  await window.at('legacy-split');
  await window.choose('It was split into legacy shares');
  await window.choose('They were made for practice');
  await window.press('Go on to the legacy shares');
}
