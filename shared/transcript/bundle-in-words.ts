/**
 * A bundle in words, for an auditor: what it does, which ceremony made it, what it answers.
 * @module
 */
import type {
  AddSetBundle,
  AdoptBundle,
  Bundle,
  BundleDocument,
  DrillBundle,
  OrganisationBundle,
  RefreshBundle,
} from '../bundle/bundle.ts';
import { comparedInWords, organisationKeyInWords, storedKeyInWords } from '../bundle/adopt.ts';
import { failureInWords } from '../bundle/drill.ts';
import { fullDrillInWords } from '../bundle/full-drill-words.ts';
import { LEFT_IN_WORDS, organisationInWords, surveyInWords } from '../bundle/organisation.ts';
import { wayInWords } from '../bundle/organisation-way.ts';
import { emailInWords } from '../bundle/escrowed-email.ts';
import { escrowInWords } from '../bundle/sealed-escrow.ts';
import { encodeJson } from '../encoding/json.ts';
import { MEDIUM_NAMES, parseManifest } from '../sharing/manifest.ts';
import { wordsOf } from './anchor.ts';
import { plainTime } from './narrate-words.ts';
import { movesInWords } from './verify-move.ts';

/** What an auditor reads of it: sentence by sentence. */
export function bundleFacts({ body }: BundleDocument): string[] {
  const { transcript } = body;
  return [
    ...whatItDoes(body),
    `It was made on ${plainTime(body.createdAt)} in ceremony ${body.ceremonyId}, whose log then had ` +
      `${transcript.entries} entries and the head ${transcript.head}.`,
    `It answers the package ${body.packageDigest} (nonce ${body.nonce}) of the sync ${body.audience} ` +
      `at trust epoch ${body.epoch}.`,
    ...(body.kind === 'recover' && body.escrow !== undefined
      ? [`The escrow: ${escrowInWords(body.escrow)}.`]
      : []),
    ...(body.kind === 'recover' && body.escrowedEmail !== undefined
      ? [`The escrowed e-mail address: ${emailInWords(body.escrowedEmail)}.`]
      : []),
    'sealed' in body
      ? 'Its secret part is sealed to that sync and was not opened here.'
      : 'It carries no secret.',
  ];
}

function whatItDoes(body: Bundle): string[] {
  switch (body.kind) {
    case 'setup':
      return [`It sets up key version ${body.keyVersion}.`];
    case 'recover': {
      const { surveyId, surveyName, userId, userName, requestCode, keyVersion } = body.facts;
      return [
        `It recovers survey ${surveyId} (${surveyName}) for user ${userId} (${userName}), request ` +
          `${requestCode}, key version ${keyVersion}.`,
      ];
    }
    case 'recover-member': {
      const { surveyId, surveyName, userId, userName, requestCode, keyVersion } = body.facts;
      return [
        `It recovers survey ${surveyId} (${surveyName}) for user ${userId} (${userName}), request ` +
          `${requestCode}, key version ${keyVersion}; it was opened with the passphrase of ` +
          `${wayInWords(body.organisation)} as well.`,
      ];
    }
    case 'roster':
      return [
        `It changes who takes part: the new roster is ${body.rosterDigest} ` +
          `(${wordsOf(body.rosterDigest)}), signed by the share set of key version ${body.keyVersion}.`,
        ...(body.admins ?? []).map(
          ({ name, userId, roles, publicKey }) =>
            `It takes the place of every admin of sync: ${name}, user ${userId} of CheckTick, becomes ` +
            `${roles.join(', ')} with the key ${publicKey} (${wordsOf(publicKey)}).`,
        ),
      ];
    case 'adopt':
      return adopts(body);
    case 'migrate-organisation':
      return wrapsAnew(body);
    case 'rotate-shares':
      return [
        `It renews the shares of key version ${body.keyVersion}: the platform key stays, both of its ` +
          `halves change${body.compared === 'same' ? '' : ', and Vault’s entry, which is of another version, does not'}.`,
        `The new share set is ${body.newManifestDigest} (${wordsOf(body.newManifestDigest)}), its ` +
          `roster ${body.rosterDigest} (${wordsOf(body.rosterDigest)}).`,
        'The shares of before go on opening what backups of the old vault component hold, until one of the two is destroyed.',
      ];
    case 'new-version':
      return [
        `It makes key version ${body.nextVersion}, a new platform key beside that of ${body.keyVersion}, ` +
          'whose share set vouches for it. What is stored under the one before stays under it.',
        `The new share set is ${body.newManifestDigest} (${wordsOf(body.newManifestDigest)}), its ` +
          `roster ${body.rosterDigest} (${wordsOf(body.rosterDigest)}).`,
      ];
    case 'activate':
      return [
        `It makes key version ${body.activates} the active one, in the place of ${body.keyVersion}, whose ` +
          'share set decides it. What is stored under either stays where it is.',
      ];
    case 'retire':
      return [
        `It retires key version ${body.retires}: its share sets are trusted no more. The share set of ` +
          `${body.keyVersion}, which is active, decides it.`,
      ];
    case 'migrate-escrows':
      return movesInWords(body);
    case 'drill':
      return drilled(body);
    case 'refresh':
      return refreshes(body);
    case 'add-set':
      return addsSet(body);
  }
}

function refreshes({ keyVersion, newManifestDigest, rosterDigest, manifest, mode }: RefreshBundle) {
  const { generation, count, threshold } = parseManifest(encodeJson(manifest), mode).body;
  return [
    `It refreshes the shares of key version ${keyVersion}: other shares of the same component, which was ` +
      `not put together for it; no component changes. Of generation ${generation} there are ${count}, and any ` +
      `${threshold} of them give the component.`,
    `The refreshed share set is ${newManifestDigest} (${wordsOf(newManifestDigest)}), its roster ` +
      `${rosterDigest} (${wordsOf(rosterDigest)}).`,
    'The shares of before still fit each other, until they are destroyed.',
  ];
}

function addsSet(body: AddSetBundle): string[] {
  const { keyVersion, manifest, manifestDigest, newManifestDigest, rosterDigest, mode } = body;
  const { label, count, threshold } = parseManifest(encodeJson(manifest), mode).body;
  return [
    `It adds a share set to key version ${keyVersion}: ${label}, ${count} shares, of which any ${threshold} ` +
      `give the same component as the sets in force. Those stay, and no component changes.`,
    `The new share set is ${newManifestDigest} (${wordsOf(newManifestDigest)}), its roster ` +
      `${rosterDigest} (${wordsOf(rosterDigest)}); the set ${manifestDigest} vouches for it.`,
    'Shares of two sets never fit each other: each set alone opens what the other one opens.',
  ];
}

function wrapsAnew(body: OrganisationBundle): string[] {
  const { facts, passphrase, movedFrom, moved, unopened } = body;
  const { requestCode, keyVersion, owner } = facts;
  const entries = moved.map((one) => {
    const compared =
      one.surveyKey === 'fits'
        ? 'its key fits the hash that CheckTick keeps of the survey’s key'
        : 'its key was compared with nothing, because CheckTick keeps no hash of the survey’s key';
    const source =
      one.userId === null ? 'its own entry of before' : `the escrow of user ${one.userId}`;
    return `The key of ${surveyInWords(one)} came from ${source}; ${compared}. Its new entry is ${one.entry}.`;
  });
  const under = {
    new: `a new passphrase, which ${owner} made up`,
    continued: `the passphrase of an earlier ceremony, which ${owner} typed`,
    kept: `the passphrase in use, which ${owner} typed`,
  }[passphrase];
  const whence =
    movedFrom === undefined ? '' : ` The organisation moves from key version ${movedFrom}.`;
  return [
    `It wraps ${moved.length} survey keys of ${organisationInWords(facts)} under ${under}, request ` +
      `${requestCode}, key version ${keyVersion}.${whence}`,
    ...entries,
    ...unopened.map(
      (one) => `The entry of ${surveyInWords(one)} stays as it is: ${LEFT_IN_WORDS[one.why]}.`,
    ),
  ];
}

/** Who signs a drill are its proved shares; what failed is the operator's word. */
function drilled({ keyVersion, proofs, failed, full }: DrillBundle): string[] {
  const numbers = proofs.map(({ index, medium }) => `${index} (${MEDIUM_NAMES[medium]})`);
  return [
    `It changes nothing. Shares of key version ${keyVersion} that signed for themselves in a drill: ` +
      `${numbers.length === 0 ? 'none' : numbers.join(', ')}.`,
    ...(failed.length === 0
      ? []
      : [`By the operator’s word, ${failed.map(failureInWords).join(', ')}.`]),
    ...(full === undefined
      ? []
      : [
          `It was a full drill. ${fullDrillInWords(full)} Whether the key of the test escrow signed, its package tells.`,
        ]),
  ];
}

const PROVED: Readonly<Record<AdoptBundle['proof'], string>> = {
  escrow: 'The platform key was proved: it opened a stored survey key.',
  organisation:
    'The platform key was proved: with the passphrase of an organisation’s owner it opened what that organisation keeps.',
  none: 'Nothing existed that could prove the platform key.',
};

function adopts({
  keyVersion,
  compared,
  component,
  proof,
  unopened = [],
  organisationKeys = [],
  decided,
  legacy,
}: AdoptBundle): string[] {
  return [
    `It adopts key version ${keyVersion}, which exists, and changes no component: ` +
      `${comparedInWords(compared, component)}.`,
    PROVED[proof],
    ...(organisationKeys.length === 0
      ? []
      : [
          `It opened the survey keys of ${organisationKeys.map(organisationKeyInWords).join(', ')}.`,
        ]),
    ...(unopened.length === 0
      ? []
      : [
          `It did not open the stored survey keys of ${unopened.map(storedKeyInWords).join(', ')}.`,
        ]),
    ...(decided === null ? [] : [`Two people answer for it: ${decided.join(' and ')}.`]),
    legacy === null
      ? 'The custodian component of before was held unsplit; whatever copy is left stays valid.'
      : `The shares of before, ${legacy.threshold} of ${legacy.count}, stay valid until they are destroyed.`,
  ];
}
