/**
 * What the tests of real ceremonies do again and again at the prepared laptop.
 * @module
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { renderShareSheet } from '../../electron/media/paper/sheet.ts';
import { readPayloadType } from '../../shared/encoding/document.ts';
import { parseLog, type CeremonyLog } from '../../shared/transcript/log.ts';
import type { TestShareSet } from './share-sets.ts';
import type { ProductionLaptop } from './production-laptop.ts';

export function sheetOf({ mode, manifest: { body }, wires }: TestShareSet): Promise<Uint8Array> {
  const [wire = new Uint8Array()] = wires;
  const facts = {
    mode,
    setLabel: body.label,
    setId: body.setId,
    generation: 1,
    index: 1,
    sheet: 1,
    threshold: body.threshold,
    count: body.count,
    custodian: 'custodian 1',
    date: '2026-05-03',
    ceremonyId: body.ceremonyId,
    fingerprint: body.shares[0]?.publicKey ?? '',
    keyVersion: body.keyVersion,
  };
  return renderShareSheet(facts, wire, 'A4');
}

const travelling = (laptop: ProductionLaptop, name: string) =>
  join(laptop.stickFolder('sync'), name);

/** A document of this ceremony, as it lies on the travelling stick. */
export async function onStick(
  laptop: ProductionLaptop,
  kind: string,
  digest: string,
): Promise<Uint8Array> {
  const name = `conclave-${kind}-${digest.slice(0, 8)}.json`;
  return new Uint8Array(await readFile(travelling(laptop, name)));
}

/** Puts a document of a rehearsal onto the travelling stick and chooses it. */
export async function choose(
  laptop: ProductionLaptop,
  kind: 'descriptor' | 'package' | 'receipt',
  name: string,
  bytes: Uint8Array,
) {
  const { host, room } = laptop;
  await writeFile(travelling(laptop, name), bytes);
  const found = await host.findDocuments({ kind, mode: 'production' });
  const id = found.find(({ fileName }) => fileName === name)?.id ?? '';
  const note = await room.ask({ type: 'choose-document', id });
  await rm(travelling(laptop, name));
  return note;
}

/** The log of a ceremony, or the only one. */
export async function logOf(laptop: ProductionLaptop, ceremonyId = ''): Promise<CeremonyLog> {
  const folder = join(laptop.dataFolder, 'production', 'ceremonies');
  const name = (await readdir(folder)).find((file) => file.startsWith(ceremonyId)) ?? '';
  return parseLog(new Uint8Array(await readFile(join(folder, name))));
}

/** Every trace of the ceremony says production: header, documents, and nothing in the other folder. */
export async function expectProduction(
  laptop: ProductionLaptop,
  ceremonyId: string,
): Promise<CeremonyLog> {
  const log = await logOf(laptop, ceremonyId);
  expect(log.header.mode).toBe('production');
  const modes = log.items.flatMap((item) =>
    'document' in item ? [readPayloadType(item.document.payloadType)?.mode] : [],
  );
  expect(modes.length).toBeGreaterThan(3);
  expect(new Set(modes)).toEqual(new Set(['production']));
  const rehearsals = await readdir(join(laptop.dataFolder, 'rehearsal', 'ceremonies'));
  expect(rehearsals).toEqual([]);
  return log;
}

/** Shows something else to the entry window; gives up at the refusal. Returns the codes of it. */
export async function shown(
  laptop: ProductionLaptop,
  name: string,
  sheet: Uint8Array,
  way: 'camera' | 'file' = 'camera',
): Promise<string[]> {
  const participant = laptop.people.get(name);
  const { person, hands } = participant;
  const before = person.refusals.length;
  participant.hands = { way, sheets: { share: sheet } };
  const note = await laptop.room.ask({ type: 'read', how: 'camera' });
  participant.hands = hands;
  const notes = [...person.refusals.slice(before), ...(note === null ? [] : [note])];
  // The window says it, and after a refusal that ends the reading the screen does as well.
  return [...new Set(notes.map(({ code }) => code))];
}

/** The ways of reading that the last scanning window offered to somebody. */
export function offered(laptop: ProductionLaptop, name: string): readonly string[] {
  const scans = laptop.people
    .get(name)
    .person.tasks.flatMap((task) => (task.task === 'scan' ? [task.ways] : []));
  return scans.at(-1) ?? [];
}
