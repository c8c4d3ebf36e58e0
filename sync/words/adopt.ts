/**
 * An adoption bundle in words: for approvers, for the queue, for custodians, for the receipt.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import {
  comparedInWords,
  organisationKeyInWords,
  storedKeyInWords,
} from '../../shared/bundle/adopt.ts';
import type { AdoptBundle } from '../../shared/bundle/bundle.ts';
import { decodeEnvelope } from '../../shared/encoding/dsse.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { type Roster, rosterType } from '../../shared/identity/roster.ts';
import { manifestIn } from '../versions/adopt-places.ts';
import { escrowKeyFact } from './escrow-key.ts';

function rosterOf({ roster, mode }: AdoptBundle): Roster {
  return rosterType.parseEnvelope(decodeEnvelope(encodeJson(roster), 'roster'), mode).body;
}

/** `share set 2026 A, 3 of 4` */
function setOf(body: AdoptBundle): string {
  const { label, threshold, count } = manifestIn(body);
  return `share set ${asOneLine(label)}, ${threshold} of ${count}`;
}

/** One sentence without its end. */
export function adoptionInWords(body: AdoptBundle): string {
  return `Adopt the existing platform key version ${body.keyVersion} with ${setOf(body)}; no component changes`;
}

/** A whole sentence. */
export function legacyInWords({ legacy }: Pick<AdoptBundle, 'legacy'>): string {
  return legacy === null
    ? 'The custodian component of before was held unsplit; every copy of it stays valid until it is destroyed.'
    : `The shares of before, ${legacy.threshold} of ${legacy.count}, stay valid until they are destroyed.`;
}

function unopenedInWords({ unopened = [] }: Pick<AdoptBundle, 'unopened'>): string {
  return unopened.length === 0
    ? 'all that went out opened'
    : `one at least opened; NOT opened, so damaged or of another key: ${unopened.map(storedKeyInWords).join(', ')}`;
}

function proofInWords({ proof, unopened = [], organisationKeys = [] }: AdoptBundle): string {
  switch (proof) {
    case 'escrow':
      return `stored survey keys: ${unopenedInWords({ unopened })}`;
    case 'organisation': {
      const not =
        unopened.length === 0
          ? ''
          : `; NO stored survey key opened, so damaged or of another key: ${unopened.map(storedKeyInWords).join(', ')}`;
      return `what organisations keep, opened with an owner’s passphrase: ${organisationKeys.map(organisationKeyInWords).join(', ')}${not}`;
    }
    case 'none':
      return 'nothing: no stored survey key existed that it could open, and none of an organisation was opened';
  }
}

/** Label and value: what two approvers have to judge. */
export function adoptionFacts(body: AdoptBundle): [string, string][] {
  const { people } = rosterOf(body);
  const nameOf = (key: string): string => {
    const person = people.find(({ publicKey }) => publicKey === key);
    return person === undefined ? key : `${asOneLine(person.name)} (${person.roles.join(', ')})`;
  };
  return [
    [
      'custodians',
      asOneLine(
        manifestIn(body)
          .shares.map(({ custodian }) => custodian.name)
          .join(', '),
        1_000,
      ),
    ],
    ['what was there', comparedInWords(body.compared, body.component)],
    ['proved by', proofInWords(body)],
    ...(body.decided === null
      ? []
      : [['who answers for it', body.decided.map(nameOf).join(' and ')] as [string, string]]),
    ['shares of before', legacyInWords(body)],
    escrowKeyFact(manifestIn(body)),
  ];
}

/** For the custodians, who know nothing of sync. */
export function adoptionChange(body: AdoptBundle) {
  const { label, threshold, count } = manifestIn(body);
  const set = `share set ${asOneLine(label, 80)}`;
  const who = `${count} custodians, any ${threshold} of whom can open the key together`;
  const before = legacyInWords(body);
  const { keyVersion } = body;
  return {
    short: `adopt platform key version ${keyVersion}`,
    sentence: `The existing platform key version ${keyVersion} would be adopted, and ${set} would be the first that is trusted for it: ${who}. The key itself would not change. ${before}`,
    done: `The existing platform key version ${keyVersion} was adopted, and ${set} is the first that is trusted for it: ${who}. The key itself has not changed. ${before}`,
  };
}

/** For the receipt. */
export function adoptionStatement(body: AdoptBundle): string {
  const { keyVersion, component, compared } = body;
  const made = compared === 'vault-only' ? ' Its database row was made from what Vault holds.' : '';
  const left =
    compared === 'differs'
      ? ` Vault and the row hold different components; the one in ${component === 'row' ? 'the row' : 'Vault'} is right, and the other was left as it is.`
      : '';
  return `Key version ${keyVersion} was adopted: its share set is trusted, and no component was changed.${made}${left} ${legacyInWords(body)}`;
}
