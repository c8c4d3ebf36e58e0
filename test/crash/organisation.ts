/**
 * A laptop that dies while an organisation's keys are at work: one survey is recovered, the owner gets
 * another passphrase, the organisation moves to another key version, or its half is handed over for that.
 * @module
 */
import assert from 'node:assert/strict';
import { answersMove } from '../../shared/bundle/move.ts';
import type { BundleDocument } from '../../shared/bundle/bundle.ts';
import { openBundle } from '../../shared/bundle/bundle-secret.ts';
import { sealMemberPackage } from '../../shared/bundle/member-package.ts';
import { openOrganisationBundle } from '../../shared/bundle/organisation-bundle.ts';
import { openHalf } from '../../shared/bundle/organisation-half.ts';
import {
  sealOrganisationPackage,
  type SurveyEscrow,
} from '../../shared/bundle/organisation-package.ts';
import {
  answersOrganisation,
  entryDigest,
  type PackagedSurvey,
} from '../../shared/bundle/organisation.ts';
import {
  packageType,
  type OrganisationPackage,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { openOrganisationKek } from '../../shared/checktick/index.ts';
import { organisationHalf } from '../../shared/checktick/organisation-half.ts';
import { bytesToHex, equalBytes } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { escrowPrivateKey } from '../../shared/sharing/escrow-key.ts';
import { FACTS, makeTicket, packageFacts } from '../support/headless-platform.ts';
import { organisationsKek, saidOfEntry, TEAM } from '../support/member-documents.ts';
import { ofTicket, packMove } from '../support/move-keys.ts';
import {
  HELPED,
  NEW_WORDS,
  ORGANISATION_FACTS,
  packagedSurvey,
  surveyEscrow,
} from '../support/organisation-documents.ts';
import { makeHalf, OWN_SURVEYS, OWN_WORDS, ownEntry } from '../support/organisation-moves.ts';
import { makeShareSet } from '../support/share-sets.ts';
import type { Laid, World } from './world.ts';

/** Of another key version, made elsewhere. */
export const otherSet = ({ laptop: { sync } }: World, keyVersion: string, label: string) =>
  makeShareSet({ mode: 'rehearsal', keyVersion, label, sync });

async function carry({ laptop }: World, body: PackageDocument['body']): Promise<string> {
  const document = await packageType.sign(body, [laptop.sync.signer]);
  return laptop.carry('package', document.digest, packageType.toBytes(document));
}

/** Of the set in force. */
function parts({ before }: World) {
  const { manifest, roster } = before;
  return {
    manifest: envelopeToJson(manifest.envelope),
    roster: envelopeToJson(roster.envelope),
  };
}

/** A survey that belongs to an organisation: shares and the owner's passphrase. */
export async function layMember(world: World): Promise<Laid> {
  const { laptop, before, platformKey } = world;
  const kek = randomBytes(32);
  const { ticket, pocket } = await makeTicket(laptop);
  const encryptedKek = await organisationsKek(platformKey, { kek, surveyId: FACTS.surveyId });
  const body = await sealMemberPackage(
    {
      ...packageFacts(laptop, 1),
      kind: 'recover-member',
      ticketId: ticket.body.ticketId,
      ticketDigest: ticket.digest,
      facts: FACTS,
      organisation: TEAM,
      escrow: saidOfEntry(encryptedKek, null),
      ...parts(world),
    },
    ticket.body.recipient,
    { vaultComponent: before.half, encryptedKek, keyHash: null },
  );
  return {
    package: await carry(world, body),
    pocket,
    async comes(_, bundle) {
      assert(bundle.body.kind === 'recover-member');
      const opened = await openBundle(bundle.body, laptop.sync.recipient.privateKey);
      assert(equalBytes(opened, kek), 'the bundle holds another survey key');
    },
  };
}

/** What is the same for either: surveys with their entries of before, and what they are wrapped with now. */
async function layOrganisation(
  world: World,
  surveys: readonly PackagedSurvey[],
  escrows: readonly SurveyEscrow[],
  { keks, words, moves }: Wrapped,
): Promise<Laid> {
  const { laptop, before, platformKey } = world;
  const { ticket, pocket } = await makeTicket(laptop);
  const body = await sealOrganisationPackage(
    {
      ...packageFacts(laptop, 1),
      kind: 'migrate-organisation',
      ticketId: ticket.body.ticketId,
      ticketDigest: ticket.digest,
      facts: ORGANISATION_FACTS,
      surveys: [...surveys],
      left: [],
      further: 0,
      continues: null,
      ...(moves === undefined ? {} : { moves }),
      ...parts(world),
    },
    ticket.body.recipient,
    { vaultComponent: before.half, escrows: [...escrows], entry: null },
  );
  return {
    package: await carry(world, body),
    pocket,
    async comes(_, bundle) {
      assert(bundle.body.kind === 'migrate-organisation');
      assert(answersOrganisation(body, bundle.body));
      const { moved } = bundle.body;
      assert.equal(moved.length, surveys.length);
      const entries = await openOrganisationBundle(bundle.body, laptop.sync.recipient.privateKey);
      const { organisationId } = ORGANISATION_FACTS;
      for (const [at, { surveyId, teamId }] of moved.entries()) {
        const [entry, kek] = [entries[at], keks[at]];
        assert(entry !== undefined && kek !== undefined);
        const way = { organisationId, teamId, surveyId };
        const typed = new TextEncoder().encode(words);
        const opened = await openOrganisationKek(platformKey, way, typed, bytesToHex(entry));
        assert(equalBytes(opened, kek), `survey ${surveyId} has another key`);
      }
    },
  };
}

interface Wrapped {
  readonly keks: readonly Uint8Array[];
  /** The passphrase that opens the new entries. */
  readonly words: string;
  readonly moves?: OrganisationPackage['moves'];
}

/** The owner forgot the passphrase: out of users' escrows, under one that is made up. */
export async function layPassphrase(world: World): Promise<Laid> {
  const { laptop, before, platformKey } = world;
  const { escrowKey = '' } = before.manifest.body;
  const { audience } = laptop.sync;
  const from = { mode: 'rehearsal', audience, platformKey, escrowKey } as const;
  const made = await Promise.all(
    HELPED.map(async (survey) => {
      const kek = randomBytes(32);
      const hashed = survey.hashed ? { hashedKey: kek } : {};
      return { survey, kek, escrow: await surveyEscrow(from, { ...survey, ...hashed, kek }) };
    }),
  );
  return layOrganisation(
    world,
    made.map(({ survey, escrow }) => packagedSurvey(survey, escrow)),
    made.map(({ escrow }) => escrow),
    { keks: made.map(({ kek }) => kek), words: NEW_WORDS },
  );
}

/** From the version before the one in force, whose half was handed over; the passphrase stays. */
export async function layOrganisationMoves(world: World): Promise<Laid> {
  const old = await otherSet(world, 'v0', '2024 Z');
  const moves = await makeHalf(old, { ...old, manifest: world.before.manifest });
  const made = await Promise.all(
    OWN_SURVEYS.map(async (survey) => {
      const kek = randomBytes(32);
      return { survey, kek, escrow: await ownEntry(old.platformKey, survey, kek) };
    }),
  );
  const surveys = made.map(({ survey: { surveyId, teamId, hashed }, escrow }): PackagedSurvey => {
    return {
      surveyId,
      teamId,
      surveyName: `Survey ${surveyId}`,
      userId: null,
      escrow: { kind: 'organisation', digest: entryDigest(escrow.bytes) },
      keyHash: hashed ? 'sealed' : 'none',
      entry: 'cd'.repeat(32),
    };
  });
  return layOrganisation(
    world,
    surveys,
    made.map(({ escrow }) => escrow),
    { keks: made.map(({ kek }) => kek), words: OWN_WORDS, moves },
  );
}

/** The half of the version in force, to the escrow key of the next: no file travels. */
export async function layHandOver(world: World): Promise<Laid> {
  const { laptop, before, platformKey } = world;
  const next = await otherSet(world, 'v2', '2028 B');
  const { ticket, pocket } = await makeTicket(laptop, 'usb', { kind: 'migrate-escrows' });
  const { body } = await packMove(
    packageFacts(laptop, 1),
    ofTicket(ticket),
    { ...before, roster: parts(world).roster, vaultComponent: before.half },
    next.manifest,
    [],
    { handsOver: true },
  );
  return {
    package: await carry(world, body),
    pocket,
    async comes(_, bundle: BundleDocument) {
      assert(bundle.body.kind === 'migrate-escrows');
      assert(answersMove(body, bundle.body));
      const { organisationHalf: sealed, audience, nonce, ceremonyId } = bundle.body;
      assert(sealed !== undefined, 'the bundle brings no half');
      const key = escrowPrivateKey(next.platformKey, { mode: 'rehearsal', keyVersion: 'v2' });
      const place = {
        mode: 'rehearsal',
        audience,
        from: 'v1',
        to: 'v2',
        ceremonyId,
        nonce,
      } as const;
      const half = await openHalf(place, key, sealed);
      assert(equalBytes(half, organisationHalf(platformKey)), 'it is another half');
    },
  };
}
