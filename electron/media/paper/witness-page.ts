/**
 * The page for the witness's file: whole digests, printed, so that years later somebody who trusts
 * neither the laptop nor a copy of its files can tell whether they are the ones of that day. One
 * page, A4 or Letter. It holds nothing secret.
 * @module
 */
import type { Mode } from '../../../shared/mode.ts';
import { MEDIUM_NAMES, type MediumKind } from '../../../shared/sharing/manifest.ts';
import { grouped, longDate } from './facts.ts';
import { box, type Ink, newPage, type PageSize, paragraph, rule, widthOf, write } from './ink.ts';
import { headline, MARGIN, type Row, table } from './layout.ts';
import { markAsRehearsal } from './rehearsal-marks.ts';

/** What the page says. All of it is public. */
export interface WitnessFacts {
  readonly mode: Mode;
  /** `Split of a new platform key` */
  readonly ceremony: string;
  readonly setLabel: string;
  readonly keyVersion: string;
  readonly ceremonyId: string;
  /** The day as `2026-05-03`. */
  readonly date: string;
  readonly threshold: number;
  readonly count: number;
  /** What else the ceremony was about: a recovery's request. */
  readonly about: readonly (readonly [label: string, value: string])[];
  /** The transcript's entries so far; its head is among the digests. */
  readonly entries: number;
  readonly digests: readonly WitnessDigest[];
  /** At most sixteen. */
  readonly shares: readonly {
    readonly index: number;
    readonly custodian: string;
    readonly media: readonly MediumKind[];
    /** Hex of the share's public key; its first sixteen digits are printed, as on its sheet. */
    readonly publicKey: string;
  }[];
  readonly witness: string;
  readonly operator: string;
}

export interface WitnessDigest {
  /** `Manifest`, `Transcript head` */
  readonly name: string;
  /** SHA-256 in hex; all of it is printed. */
  readonly digest: string;
  /** As the screens show it: eight words, four of a head. */
  readonly words: string;
}

export async function renderWitnessPage(facts: WitnessFacts, size: PageSize): Promise<Uint8Array> {
  const rehearsal = facts.mode === 'rehearsal';
  const ink = await newPage(size, 'Conclave witness page', facts.date);
  if (rehearsal) markAsRehearsal(ink);
  const title = 'For the witness’s file';
  headline(ink, rehearsal ? `REHEARSAL. ${title}` : title, `Set ${facts.setLabel}`);
  let y = heading(ink, facts, 86);
  // Sixteen custodians need the room that four leave for a reader's eye.
  const roomy = facts.count <= 8;
  y = digests(ink, facts.digests, y + (roomy ? 8 : 0), roomy ? 32 : 25.5);
  y = shares(ink, facts, y + (roomy ? 12 : 4), roomy ? 9.2 : 8.2);
  use(ink, y + (roomy ? 12 : 2));
  signatures(ink, facts);
  return ink.document.save();
}

function heading(ink: Ink, facts: WitnessFacts, top: number): number {
  const width = ink.width - 2 * MARGIN;
  const what =
    (facts.mode === 'rehearsal' ? 'This was a rehearsal: nothing on this page is real. ' : '') +
    'This page holds no secret. It says which documents this ceremony made or used, so that nobody ' +
    'can exchange them later without its being seen. Keep it where the people who run the laptop ' +
    'and the servers cannot change it.';
  const y = paragraph(ink, what, { x: MARGIN, y: top, width }, { size: 10 }) + 6;
  const half = (width - 20) / 2;
  const left: Row[] = [
    ['Ceremony', facts.ceremony],
    ['Mode', facts.mode === 'rehearsal' ? 'REHEARSAL' : 'Production'],
    ['Date', longDate(facts.date)],
  ];
  const right: Row[] = [
    ['Set', facts.setLabel],
    ['Shares', `${facts.count}, any ${facts.threshold} open the key`],
    ['Key version', facts.keyVersion],
    ...facts.about,
  ];
  const below = Math.max(
    table(ink, left, { x: MARGIN, y, width: half }, 2),
    table(ink, right, { x: MARGIN + half + 20, y, width: half }, 1),
  );
  const id: Row = ['Ceremony id', grouped(facts.ceremonyId, 32), 'mono'];
  return table(ink, [id], { x: MARGIN, y: below, width });
}

function digests(ink: Ink, all: readonly WitnessDigest[], top: number, step: number): number {
  let y = section(ink, 'Documents, by their whole SHA-256 digest and its words', top);
  // Nothing lies behind what is compared letter by letter, a rehearsal's mark neither.
  box(ink, MARGIN - 4, y - 12, ink.width - 2 * MARGIN + 8, all.length * step, true);
  for (const { name, digest, words } of all) {
    write(ink, name, MARGIN, y, { face: 'bold', size: 9.5 });
    write(ink, words, MARGIN + 92, y, { size: 9.5 });
    write(ink, grouped(digest, digest.length), MARGIN, y + 12, { face: 'mono', size: 10 });
    y += step;
  }
  return y - 8;
}

function shares(ink: Ink, { shares: all }: WitnessFacts, top: number, size: number): number {
  let y = section(ink, 'Shares: who holds them, on what, and the fingerprint of each', top);
  const step = size * (size > 9 ? 1.5 : 1.32);
  box(ink, MARGIN - 4, y - 12, ink.width - 2 * MARGIN + 8, all.length * step + 4, true);
  for (const { index, custodian, media, publicKey } of all) {
    write(ink, `Share ${index}`, MARGIN, y, { size });
    fitted(ink, custodian, { x: MARGIN + 48, y, width: 210 }, size);
    const kinds = [...new Set(media)].map((kind) => MEDIUM_NAMES[kind]).join(' and ');
    write(ink, kinds, MARGIN + 268, y, { size });
    const key = grouped(publicKey, 16);
    const at = ink.width - MARGIN - widthOf(ink, key, { face: 'mono', size });
    write(ink, key, at, y, { face: 'mono', size });
    y += step;
  }
  return y;
}

/** A name of any length on one line: smaller when it is long. */
function fitted(ink: Ink, text: string, at: { x: number; y: number; width: number }, size: number) {
  const natural = widthOf(ink, text, { face: 'bold', size });
  const fit = natural <= at.width ? size : (size * at.width) / natural;
  write(ink, text, at.x, at.y, { face: 'bold', size: fit });
}

function section(ink: Ink, title: string, y: number): number {
  rule(ink, MARGIN, y, ink.width - 2 * MARGIN);
  write(ink, title, MARGIN, y + 13, { face: 'bold', size: 10.5 });
  return y + 28;
}

function use(ink: Ink, top: number): void {
  const y = section(ink, 'What this page is for', top);
  const words =
    'To check this ceremony’s log, bundle or receipt, type the manifest’s eight words into the ' +
    'verifier: conclave-verify --words "…" FILE. It needs nothing else from anybody. To check a ' +
    'document by itself, compare its digest with this page group by group. A document with another ' +
    'digest is not the one of this ceremony.';
  paragraph(ink, words, { x: MARGIN, y, width: ink.width - 2 * MARGIN }, { size: 9.2 });
}

function signatures(ink: Ink, { mode, witness, operator, entries }: WitnessFacts): void {
  const foot = ink.height - (mode === 'rehearsal' ? 40 : 34);
  const gap = 24;
  const width = (ink.width - 2 * MARGIN - gap) / 2;
  const said = `Printed after entry ${entries} of the transcript. We compared it with the screen:`;
  write(ink, said, MARGIN, foot - 44, { size: 9.2 });
  for (const [i, [role, name]] of [
    ['Witness', witness] as const,
    ['Operator', operator] as const,
  ].entries()) {
    const x = MARGIN + i * (width + gap);
    rule(ink, x, foot - 14, width);
    write(ink, `${role}, date`, x, foot - 3, { size: 8.5 });
    fitted(ink, name, { x: x + 76, y: foot - 3, width: width - 76 }, 8.5);
  }
}
