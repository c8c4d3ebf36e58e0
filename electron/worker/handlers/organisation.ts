/**
 * Survey keys of an organisation are wrapped anew, with the shares that accept-share.ts took: under a
 * new passphrase, where its owner forgot it, those that a user's escrow keeps as well; or with the
 * passphrase in use, where it moves from another key version. Neither platform key nor a key that came
 * of it lies there while somebody types.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { sealOrganisationBundle } from '../../../shared/bundle/organisation-bundle.ts';
import type { SurveyEscrow } from '../../../shared/bundle/organisation-package.ts';
import {
  entryDigest,
  organisationInWords,
  surveyInWords,
  type MovedSurvey,
  type UnopenedSurvey,
} from '../../../shared/bundle/organisation.ts';
import type { OrganisationPackage } from '../../../shared/bundle/package.ts';
import {
  openKekBlob,
  openOrganisationKek,
  organisationKey,
  readKekBlob,
  sealKekBlob,
  vaultPaths,
} from '../../../shared/checktick/index.ts';
import { bytesToHex, equalBytes } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { wipingAfter, type Secret } from '../../../shared/secret/secret.ts';
import { askPassphrase } from '../asking.ts';
import { choosePassphrase } from '../choosing.ts';
import { withPlatformKey, type Restored } from '../platform-key.ts';
import { refuseWorker } from '../refusals.ts';
import type { OpenOrganisation, WrappedSurveys } from '../opened.ts';
import { withSources } from '../survey-sources.ts';
import { type KeyOf, withTeamKeys } from '../way-keys.ts';
import type { Context, Handler } from '../context.ts';

/** Characters that are asked for, besides the strength. */
const SHORTEST = 20;

export const wrapSurveys: Handler<'wrap-surveys'> = async ({ body, manifest, owner }, context) => {
  const { state } = context;
  if (state.wrapped?.nonce === body.nonce) return answerOf(state.wrapped);
  const opened = state.organisation;
  if (opened === null || opened.nonce !== body.nonce) throw refuseWorker('package-not-open');
  const restored: Restored = (work) => withPlatformKey(state, opened, manifest, work);
  // Before the owner is asked for anything.
  await restored(() => undefined);
  const asking = { owner, context };
  const isKept = body.moves !== undefined;
  const passphrase = await (isKept ? askKept : askOwner)(restored, body, opened, asking);
  const made = await wipingAfter([passphrase], async () => {
    const { escrows } = opened.stored;
    const wrapped = await restored((key) => wrapAll(key, body, escrows, passphrase, context));
    // It has just opened what was stored with it: nobody has to type it again.
    if (isKept) await restored((key) => compareEach(key, body, wrapped, passphrase, context));
    return wrapped;
  });
  if (!isKept) await readBack(restored, body, made, asking);
  opened.vaultComponent.wipe();
  state.organisation = null;
  const { nonce } = body;
  const { entries, moved, unopened } = made;
  const indexes = [...state.accepted.keys()].sort((a, b) => a - b);
  const wrapped = { nonce, indexes, entries, moved, unopened };
  state.wrapped = wrapped;
  return answerOf(wrapped);
};

const answerOf = ({ indexes, moved, unopened }: WrappedSurveys) => ({ indexes, moved, unopened });

interface Asking {
  readonly owner: string;
  readonly context: Context;
}

/**
 * A new passphrase, or where an earlier ceremony is continued the one that opens what it wrapped: an
 * organisation has one. UTF-8; the caller wipes it.
 */
async function askOwner(
  restored: Restored,
  { facts, continues }: OrganisationPackage,
  { stored }: OpenOrganisation,
  { owner, context }: Asking,
): Promise<Uint8Array> {
  const { organisationId, organisationName } = facts;
  const whose = organisationInWords(facts);
  if (continues === null || stored.entry === null) {
    const protects = [`the survey keys of ${whose}`];
    const first = [organisationName, `organisation ${organisationId}`];
    const asked = { person: owner, protects, first, shortest: SHORTEST };
    return choosePassphrase(context.entry(), asked, context.random);
  }
  const entry = bytesToHex(stored.entry);
  const asked = {
    person: owner,
    opens: `${surveyInWords(continues)} of ${whose}, which an earlier ceremony wrapped anew`,
    organisation: true,
  } as const;
  const { passphrase } = await askPassphrase(
    context.entry(),
    asked,
    (typed) =>
      restored(async (platformKey) => {
        const kek = await unlessWrong(
          openOrganisationKek(platformKey, { ...continues, organisationId }, typed, entry),
          () => refuseWorker('owner-passphrase-wrong', continues.surveyId, whose),
        );
        kek.fill(0);
        return {};
      }),
    { exact: true },
  );
  return taken(passphrase);
}

/** A copy for the caller to wipe; the secret itself is wiped. */
function taken(passphrase: Secret): Uint8Array {
  const bytes = passphrase.use((lent) => lent.slice());
  passphrase.wipe();
  return bytes;
}

/** Entries on which a passphrase is tried, where the first ones are damaged. */
const TRIED = 5;

/**
 * The passphrase in use, of an organisation that moves: it opens one of the entries of before. UTF-8,
 * as it was spelt then; the caller wipes it.
 */
async function askKept(
  restored: Restored,
  body: OrganisationPackage,
  { stored: { escrows } }: OpenOrganisation,
  { owner, context }: Asking,
): Promise<Uint8Array> {
  const whose = organisationInWords(body.facts);
  const opens = `the survey keys of ${whose}`;
  const asked = { person: owner, opens, organisation: true } as const;
  const { passphrase } = await askPassphrase(context.entry(), asked, (typed) =>
    restored((platformKey) =>
      withSources(platformKey, body, typed, async (open) => {
        for (const [at, survey] of body.surveys.slice(0, TRIED).entries()) {
          const escrow = escrows[at];
          if (escrow === undefined) throw refuseWorker('package-not-open');
          const kek = await open(survey, escrow);
          if (kek instanceof Uint8Array) kek.fill(0);
          if (kek !== 'entry-not-opened') return {};
        }
        throw refuseWorker('passphrase-opens-none', whose);
      }),
    ),
  );
  return taken(passphrase);
}

/** Of `opening` what it opens; a refusal that says no more than that nothing opened, in own words. */
async function unlessWrong<T>(opening: Promise<T>, own: () => Refusal): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-opened') throw own();
    throw error;
  }
}

interface Wrapped {
  readonly moved: MovedSurvey[];
  readonly unopened: UnopenedSurvey[];
  /** In the order of `moved`. */
  readonly entries: readonly Uint8Array[];
  /** SHA-256 of each survey's key, to know it again when its entry is read back. Never leaves here. */
  readonly known: readonly Uint8Array[];
}

/** @throws Refusal `no-survey-opened` */
async function wrapAll(
  platformKey: Uint8Array,
  body: OrganisationPackage,
  escrows: readonly SurveyEscrow[],
  passphrase: Uint8Array,
  context: Context,
): Promise<Wrapped> {
  const moved: MovedSurvey[] = [];
  const unopened: UnopenedSurvey[] = [];
  const entries: Uint8Array[] = [];
  const known: Uint8Array[] = [];
  await withSources(platformKey, body, passphrase, (open) =>
    withWayKeys(platformKey, body, passphrase, async (keyOf) => {
      for (const [at, survey] of body.surveys.entries()) {
        context.entry().busy(`Survey ${at + 1} of ${body.surveys.length}`);
        const { surveyId, teamId, userId, keyHash } = survey;
        const stored = escrows[at];
        if (stored === undefined) throw refuseWorker('package-not-open');
        const kek = await open(survey, stored);
        if (!(kek instanceof Uint8Array)) {
          unopened.push({ surveyId, teamId, why: kek });
          continue;
        }
        known.push(sha256(kek));
        const path = vaultPaths.surveyKek(surveyId);
        const key = await keyOf(teamId);
        const entry = readKekBlob(await wipingAfter([kek], () => sealKekBlob(key, path, kek)));
        entries.push(entry);
        const surveyKey = keyHash === 'sealed' ? 'fits' : 'not-compared';
        moved.push({ surveyId, teamId, userId, surveyKey, entry: entryDigest(entry) });
      }
    }),
  );
  if (moved.length === 0) throw refuseWorker('no-survey-opened', organisationInWords(body.facts));
  return { moved, unopened, entries, known };
}

/** Lends the keys that wrap survey keys under the platform key of the package. */
async function withWayKeys<T>(
  platformKey: Uint8Array,
  { facts: { organisationId } }: OrganisationPackage,
  passphrase: Uint8Array,
  work: (keyOf: KeyOf) => Promise<T>,
): Promise<T> {
  return withTeamKeys(await organisationKey(platformKey, organisationId, passphrase), work);
}

/**
 * Everything is derived again from this passphrase, and each entry gives the very key that was wrapped.
 * @throws Refusal `passphrase-not-the-new`, `entry-read-back`
 */
async function compareEach(
  platformKey: Uint8Array,
  body: OrganisationPackage,
  { moved, entries, known }: Wrapped,
  passphrase: Uint8Array,
  context: Context,
): Promise<void> {
  const whose = organisationInWords(body.facts);
  await withWayKeys(platformKey, body, passphrase, async (keyOf) => {
    for (const [at, { surveyId, teamId }] of moved.entries()) {
      context.entry().busy(`Reading back: survey ${at + 1} of ${moved.length}`);
      const text = bytesToHex(entries[at] ?? new Uint8Array());
      const kek = await unlessWrong(
        openKekBlob(await keyOf(teamId), vaultPaths.surveyKek(surveyId), text),
        () =>
          at === 0
            ? refuseWorker('passphrase-not-the-new', whose)
            : refuseWorker('entry-read-back', surveyId),
      );
      const same = equalBytes(sha256(kek), known[at] ?? new Uint8Array());
      kek.fill(0);
      if (!same) throw refuseWorker('entry-read-back', surveyId);
    }
  });
}

/**
 * Nothing counts before this: the passphrase is typed once more, and what was typed then gives back
 * every key.
 * @throws Refusal `entry-read-back`
 */
async function readBack(
  restored: Restored,
  body: OrganisationPackage,
  wrapped: Wrapped,
  { owner, context }: Asking,
): Promise<void> {
  const whose = organisationInWords(body.facts);
  const opens = `the survey keys of ${whose}, as CheckTick is going to ask for it`;
  const asked = { person: owner, opens, organisation: true } as const;
  const { passphrase } = await askPassphrase(
    context.entry(),
    asked,
    (typed) =>
      restored(async (platformKey) => {
        await compareEach(platformKey, body, wrapped, typed, context);
        return {};
      }),
    { exact: true },
  );
  passphrase.wipe();
}

export const sealOrganisation: Handler<'seal-organisation'> = async (
  { body, recipient },
  { state: { wrapped } },
) => {
  if (wrapped?.nonce !== body.nonce) {
    throw refuseWorker('worker-out-of-order', 'survey keys that were wrapped anew');
  }
  return { body: await sealOrganisationBundle(body, recipient, wrapped.entries) };
};
