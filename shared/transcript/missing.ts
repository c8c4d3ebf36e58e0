/**
 * What one would expect in a ceremony log and does not find.
 * @module
 */
import { isRecovery } from '../bundle/bundle.ts';
import { answersPackage } from '../bundle/escrowed-email.ts';
import { isRecoveryPackage } from '../bundle/package.ts';
import { answersEscrow } from '../bundle/sealed-escrow.ts';
import { isNamed } from '../identity/roster-change.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import type { Coverage } from './coverage.ts';
import { fact, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';
import { mentions } from './mentions.ts';
import { missingFromDestruction } from './missing-destroy.ts';
import { rosterSets, setsOf, type LogDocuments, type LogSets } from './log-documents.ts';
import { fullDrillMissing } from './missing-full-drill.ts';
import { missingOfAnswers, missingOfNewLegacy } from './missing-legacy.ts';
import { movedMissing } from './missing-moved.ts';
import { wrappedMissing } from './missing-wrapped.ts';
import { entries, makesSet, type CeremonyLog } from './log.ts';

export function kindOf(entry: Entry): string | undefined {
  const kind = fact(entry, 'kind');
  return typeof kind === 'string' ? kind : undefined;
}

/** Each a sentence. `manifest` is the set concerned, vouched for or not. */
export function missingFromLog(
  log: CeremonyLog,
  documents: LogDocuments,
  coverage: Coverage,
  manifest: ManifestDocument | null,
  quorumEntries: number,
): string[] {
  const all = entries(log);
  const of = (kind: EntryKind) => all.filter((entry) => kindOf(entry) === kind);
  const found: string[] = [...documents.unattributed, ...documentsMissing(all, documents)];
  const sealed = Math.max(0, ...coverage.values());
  if (sealed < all.length) {
    found.push(`${range(sealed, all.length - 1)} not signed by anybody.`);
  }
  const isDestruction = log.header.kind === 'destroy';
  const sets = setsOf(log, documents, manifest);
  const counting = digestsOf(documents, manifest, sets);
  // Somebody brought a fresh package, to see that sync's half fits: nothing else was to be done.
  const isComparison = of('ceremony-closed').some((one) => fact(one, 'outcome') === 'compared');
  // Nobody answers it, and nothing goes to sync.
  const isCheck = of('check-agreed').length > 0;
  if (isComparison) {
    if (of('vault-component-checked').length === 0) {
      found.push('No entry says that the vault component was compared.');
    }
  } else if (isDestruction) {
    // Nothing is decided by it that a quorum would have to sign.
    found.push(...missingFromDestruction(all, new Set(coverage.keys())));
  } else if (manifest === null) {
    found.push('The log holds no manifest of the share set concerned.');
  } else if (log.header.kind === 'drill' || log.header.kind === 'refresh') {
    // Each share signs for itself, in bundle or manifest; for the log the people answer.
    const byRoster = Math.max(0, ...rosterCoverage(documents, coverage, counting));
    if (byRoster < sealed) {
      found.push(`${range(byRoster, sealed - 1)} signed only by keys that no roster names.`);
    }
    found.push(...proofsMissing(of('share-proved'), documents));
    found.push(...fullDrillMissing(of('test-escrow-opened').length > 0, documents, manifest.body));
  } else if (quorumEntries === 0) {
    found.push('No quorum of share keys signed this log.');
  } else {
    // SECURITY: whoever adds entries behind the quorum's seal can name a key in them and seal.
    const byRoster = Math.max(quorumEntries, ...rosterCoverage(documents, coverage, counting));
    if (quorumEntries < byRoster) {
      found.push(`${range(quorumEntries, byRoster - 1)} signed by people only, not by a quorum.`);
    }
    if (byRoster < sealed) {
      found.push(`${range(byRoster, sealed - 1)} signed only by keys that no roster names.`);
    }
  }
  found.push(...peopleMissing(all, documents, coverage, sets));
  found.push(...witnessesMissing(all, documents, coverage, counting));
  if (makesSet(log.header.kind) && sets.made !== null) {
    for (const { index, publicKey, custodian } of sets.made.body.shares) {
      const isRead = of('share-read-back').some(
        (entry) => fact(entry, 'index') === index && fact(entry, 'publicKey') === publicKey,
      );
      if (!isRead)
        found.push(`No entry says that share ${index} (${custodian.name}) was read back.`);
    }
    if (log.header.kind === 'refresh') found.push(...refreshesMissing(of, sets.made));
    else if (of('quorum-proved').length === 0) {
      found.push('No entry says that a quorum of the new media gave the component back.');
    }
  }
  found.push(...missingOfAnswers(all), ...missingOfNewLegacy(all));
  found.push(...sheetsMissing(all), ...sticksMissing(all));
  found.push(...emailMissing(of('escrowed-email-compared'), documents));
  found.push(...escrowMissing(of('kek-opened'), documents));
  found.push(...wrappedMissing(of('surveys-wrapped'), documents));
  found.push(...movedMissing(all, documents));
  if (!isDestruction && !isComparison && !isCheck && of('declared-void').length === 0) {
    if (of('bundle-made').length === 0)
      found.push('No bundle was made, and nothing was declared void.');
    else if (of('receipt-imported').length === 0) {
      found.push('No receipt has come home, so what sync did with the bundle is not known here.');
    }
  }
  if (of('ceremony-closed').length === 0) {
    found.push('The ceremony was not closed, or the end of the log is missing.');
  }
  return found;
}

/** Each new share was made of the one before it, which its custodian gave. */
function refreshesMissing(
  of: (kind: EntryKind) => readonly Entry[],
  { body }: ManifestDocument,
): string[] {
  return body.shares.flatMap(({ index, publicKey, custodian }) =>
    of('share-refreshed').some(
      (entry) => fact(entry, 'index') === index && fact(entry, 'publicKey') === publicKey,
    )
      ? []
      : [`No entry says of what share ${index} (${custodian.name}) was made.`],
  );
}

/** A share that signed in a drill: its signature is in the bundle. */
function proofsMissing(proved: readonly Entry[], { bundles }: LogDocuments): string[] {
  const held = new Set(
    bundles.flatMap(({ body }) =>
      body.kind === 'drill' ? body.proofs.map(({ index }) => index) : [],
    ),
  );
  return proved
    .map((entry) => Number(fact(entry, 'index')))
    .filter((index) => !held.has(index))
    .map((index) => `No bundle here holds the signature of share ${index}.`);
}

/** A share that was given from the stick of an OTP key: what the stick holds since. */
function sticksMissing(all: readonly Entry[]): string[] {
  const isFromStick = (entry: Entry) =>
    kindOf(entry) === 'share-accepted' &&
    fact(entry, 'medium') === 'yubikey-otp' &&
    fact(entry, 'sheet') === undefined;
  const isOutcome = (entry: Entry) =>
    ['envelope-renewed', 'envelope-kept', 'envelope-unknown'].includes(kindOf(entry) ?? '');
  return all.filter(isFromStick).flatMap((given) => {
    const index = fact(given, 'index');
    return all.some((one) => one.n > given.n && fact(one, 'index') === index && isOutcome(one))
      ? []
      : [
          `Share ${String(index)} was given from the stick of an OTP key, and no entry says whether its envelope was made anew; its challenge has been answered once.`,
        ];
  });
}

/** A share that was given on the sheet of an OTP key: what became of that sheet. */
function sheetsMissing(all: readonly Entry[]): string[] {
  return all
    .filter((entry) => kindOf(entry) === 'share-accepted' && fact(entry, 'sheet') !== undefined)
    .flatMap((given) => {
      const index = fact(given, 'index');
      const sheet = String(fact(given, 'sheet'));
      const later = all.filter((entry) => entry.n > given.n && fact(entry, 'index') === index);
      const has = (kind: EntryKind) => later.some((entry) => kindOf(entry) === kind);
      if (!has('envelope-renewed')) {
        return has('envelope-kept')
          ? []
          : [
              `Share ${String(index)} was given from sheet ${sheet}, and no entry says whether a new sheet took its place; the challenge of its envelope has been answered once.`,
            ];
      }
      return has('sheets-destroyed')
        ? []
        : [`No entry says that sheet ${sheet} of share ${String(index)} was destroyed.`];
    });
}

/** A bundle says how the escrowed address compared: as its package asks, and as an entry tells. */
function emailMissing(compared: readonly Entry[], documents: LogDocuments): string[] {
  return documents.bundles.flatMap(({ body }) => {
    if (body.kind !== 'recover') return [];
    const { escrowedEmail: said } = body;
    const from = documents.packages.find(({ digest }) => digest === body.packageDigest)?.body;
    const asked = from?.kind === 'recover' ? from.escrowedEmail : undefined;
    const found: string[] = [];
    if (from !== undefined && !answersPackage(asked, said)) {
      found.push('The bundle does not say of the escrowed e-mail address what its package asks.');
    }
    const told = compared.some(
      (entry) =>
        entry.n < body.transcript.entries &&
        fact(entry, 'decision') === 'go-on' &&
        fact(entry, 'outcome') === said?.outcome,
    );
    if (said !== undefined && !told) {
      found.push(
        `No entry says that the escrowed e-mail address was compared with the outcome ${said.outcome}.`,
      );
    }
    return found;
  });
}

/** A bundle says which stored key was opened: as its package asks, and as an entry tells. */
function escrowMissing(opened: readonly Entry[], documents: LogDocuments): string[] {
  return documents.bundles.flatMap(({ body }) => {
    if (!isRecovery(body)) return [];
    const { escrow: said } = body;
    const from = documents.packages.find(({ digest }) => digest === body.packageDigest)?.body;
    const asked = from !== undefined && isRecoveryPackage(from) ? from.escrow : undefined;
    const found: string[] = [];
    if (from !== undefined && !answersEscrow(asked, said)) {
      found.push('The bundle does not say of the sealed escrow what its package asks.');
    }
    const told = opened.some(
      (entry) =>
        entry.n < body.transcript.entries &&
        fact(entry, 'escrowDigest') === said?.digest &&
        fact(entry, 'surveyKey') === said?.surveyKey,
    );
    if (said !== undefined && !told) {
      const what = said.kind === 'sealed' ? 'sealed escrow' : 'stored key of the organisation';
      found.push(`No entry says that the ${what} ${said.digest} was opened.`);
    }
    return found;
  });
}

/** Digests of the sets whose rosters count. */
const digestsOf = (
  documents: LogDocuments,
  manifest: ManifestDocument | null,
  { given, made }: LogSets,
): string[] =>
  [manifest, given, made].flatMap((set) => (set === null ? [] : rosterSets(documents, set)));

/** How many entries each person signed who is in a roster of one of these sets' quorums. */
function rosterCoverage(
  documents: LogDocuments,
  coverage: Coverage,
  sets: readonly string[],
): number[] {
  return documents.rosters
    .filter(({ by }) => by.some((digest) => sets.includes(digest)))
    .flatMap(({ document }) => document.body.people)
    .map(({ publicKey }) => coverage.get(publicKey) ?? 0);
}

function range(from: number, to: number): string {
  return from === to ? `Entry ${from} is` : `Entries ${from} to ${to} are`;
}

function documentsMissing(all: readonly Entry[], documents: LogDocuments): string[] {
  const found: string[] = [];
  const mentioned = new Set<unknown>();
  for (const entry of all) {
    for (const leaf of entry.leaves) {
      if ('withheld' in leaf) continue;
      mentioned.add(leaf.value);
    }
  }
  for (const { entry, what, digest } of mentions(all)) {
    if (!documents.held.has(digest)) {
      found.push(`The ${what} that entry ${entry.n} names is not in the log.`);
    }
  }
  for (const { body } of documents.bundles) {
    mentioned.add(body.manifestDigest).add(body.rosterDigest).add(body.packageDigest);
  }
  for (const { body } of documents.known) mentioned.add(body.roster);
  for (const { body } of documents.packages) {
    if ('ticketDigest' in body) mentioned.add(body.ticketDigest);
  }
  const stray: [string, readonly { digest: string }[]][] = [
    ['package', documents.packages],
    ['bundle', documents.bundles],
    ['receipt', documents.receipts],
    ['ticket', documents.tickets],
  ];
  for (const [what, list] of stray) {
    for (const { digest } of list) {
      if (!mentioned.has(digest)) found.push(`A ${what} lies in the log that no entry names.`);
    }
  }
  return found;
}

/** Entries that name a witness of what nobody else can prove, and were not signed by that witness. */
const WITNESSED: ReadonlySet<unknown> = new Set<EntryKind>([
  'sheets-destroyed',
  'replaced-envelope-used',
]);

/**
 * SECURITY: a witness is whom a roster of these sets lists as one; the name alone is anybody's.
 * @param sets none: none is known
 */
export function witnessesMissing(
  all: readonly Entry[],
  documents: LogDocuments,
  coverage: Coverage,
  sets: readonly string[],
): string[] {
  const people = documents.rosters
    .filter(({ by }) => sets.length === 0 || by.some((digest) => sets.includes(digest)))
    .flatMap(({ document }) => document.body.people)
    .filter(({ roles }) => roles.includes('witness'));
  return all
    .filter((entry) => WITNESSED.has(kindOf(entry)))
    .flatMap((entry) => {
      const name = fact(entry, 'witness');
      if (typeof name !== 'string') {
        return [
          `Who was the witness of entry ${entry.n} is withheld, so nobody can see who signed.`,
        ];
      }
      const isSigned = people
        .filter(isNamed(name))
        .some(({ publicKey }) => (coverage.get(publicKey) ?? 0) > entry.n);
      return isSigned
        ? []
        : [
            `Witness not signed: ${name}, whom entry ${entry.n} names as the witness, did not sign it.`,
          ];
    });
}

/** Who took part and signed nothing. */
function peopleMissing(
  all: readonly Entry[],
  documents: LogDocuments,
  coverage: Coverage,
  { given, made }: LogSets,
): string[] {
  const isMaking = (entry: Entry) =>
    kindOf(entry) === 'component-split' || kindOf(entry) === 'refresh-agreed';
  const splitAt = all.find(isMaking)?.n ?? Infinity;
  const expected = new Map<string, string>();
  const people = documents.rosters.flatMap(({ document }) => document.body.people);
  for (const entry of all) {
    const kind = kindOf(entry);
    const name = fact(entry, 'name');
    const key = fact(entry, 'publicKey');
    // Who only becomes an admin of sync has nothing to sign here.
    const signs = fact(entry, 'role') !== 'admin';
    if (kind === 'identity-ready' && typeof key === 'string' && signs) {
      expected.set(key, String(name ?? 'a person whose name is withheld'));
    }
    const person = kind === 'person-seated' ? people.find((one) => one.name === name) : undefined;
    if (person !== undefined) expected.set(person.publicKey, person.name);
    const index = kind === 'share-attested' || kind === 'share-accepted' ? fact(entry, 'index') : 0;
    // Of new shares: what was attested before the split is what was given.
    const isGiven = kind === 'share-accepted' || entry.n < splitAt;
    const set = isGiven ? given : made;
    const holder = set?.body.shares.find((share) => share.index === index)?.custodian;
    if (holder !== undefined) expected.set(holder.publicKey, holder.name);
  }
  return [...expected]
    .filter(([key]) => !coverage.has(key))
    .map(([, name]) => `The signature of ${name} is missing.`);
}
