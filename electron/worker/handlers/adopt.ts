/**
 * Taking over the platform key that exists: what sync sealed is opened, the legacy shares are
 * compared with each other, what they give is tried on stored survey keys, and becomes the key
 * that is split anew.
 * @module
 */
import type { ComponentPlace } from '../../../shared/bundle/adopt.ts';
import { openAdoptPackage } from '../../../shared/bundle/adopt-package.ts';
import type { LegacyJudgement, LegacyProof } from '../../../shared/ceremony/types.ts';
import {
  judgeLegacyShares,
  likelyThreshold,
  xorComponents,
  type Agreement,
  type Candidate,
} from '../../../shared/checktick/index.ts';
import { checkNotZero } from '../../../shared/checktick/legacy/combine.ts';
import { refuseLegacy } from '../../../shared/checktick/legacy/refusals.ts';
import type { Slip } from '../../../shared/checktick/legacy/slip.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { Secret, wipingAfter } from '../../../shared/secret/secret.ts';
import { escrowPublicKey } from '../../../shared/sharing/escrow-key.ts';
import { checkValue } from '../../../shared/sharing/check-value.ts';
import {
  dropGiven,
  dropUnlisted,
  wipeAdoption,
  type LegacyCandidate,
  type OpenAdoption,
} from '../adoption.ts';
import { keysOf, ownersKeysOf, requireCandidates, tryOn, wantedOf } from '../legacy-proof.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from '../context.ts';
import { askTicketKey } from './ticket.ts';

export const openAdoptionPackage: Handler<'open-adopt-package'> = async (input, context) => {
  const { body } = input;
  const { state } = context;
  const privateKey = await askTicketKey(body.ticketId, input, context);
  try {
    const secrets = await openAdoptPackage(body, privateKey);
    // Asked again: main could not write down that it was opened. What was given stays.
    const before = state.adoption?.given ?? [];
    if (state.adoption !== null) wipeAdoption({ ...state.adoption, given: [] });
    state.adoption = {
      nonce: body.nonce,
      version: body.keyVersion,
      found: body.found,
      secrets,
      given: before,
      candidates: [],
      contradicts: false,
      unopened: null,
      proved: null,
    };
    return null;
  } finally {
    privateKey.fill(0);
  }
};

export const forgetLegacy: Handler<'forget-legacy'> = ({ id }, { state }) => {
  // One that is not there was forgotten before: main could not write it down.
  dropGiven(state.needAdoption(), (one) => one.id === id);
  return null;
};

export const judgeLegacy: Handler<'judge-legacy'> = ({ threshold, listed }, { state }) => {
  const adoption = state.needAdoption();
  dropUnlisted(adoption, listed);
  if (threshold === null) {
    const whole = adoption.given.find((given) => 'component' in given);
    if (whole === undefined) throw refuseWorker('worker-out-of-order', 'the whole component');
    // A copy of its own: what was given stays until it is taken back.
    adoption.candidates = [{ component: whole.component.copy(), wrong: null }];
    adoption.contradicts = false;
    return { standing: 'whole', agreed: false, provable: true, suspects: [] };
  }
  const shares = adoption.given.flatMap((given) => ('shares' in given ? given.shares : []));
  // Where two halves differ in length, the longer one: what fits it is not ruled out.
  const lengths = wantedOf(adoption).components.map(({ bytes }) => bytes.length);
  const secretBytes = Math.max(...lengths);
  const agreement = judgeLegacyShares(shares, { threshold, secretBytes });
  adoption.candidates = candidatesOf(agreement);
  adoption.contradicts = agreement.kind !== 'uncompared' && !isAgreed(agreement);
  const judgement = judgementOf(agreement);
  if (!QUESTIONS_NUMBER.has(agreement.kind)) return judgement;
  const needed = likelyThreshold(shares, { threshold, secretBytes });
  return needed === null ? judgement : { ...judgement, needed };
};

/** Where no single share is to blame, the number that was said may be. */
const QUESTIONS_NUMBER: ReadonlySet<Agreement['kind']> = new Set([
  'agree',
  'uncompared',
  'several-wrong',
]);

const isAgreed = (agreement: Agreement): boolean =>
  'component' in agreement && agreement.component.standing === 'agreed';

function candidatesOf(agreement: Agreement): LegacyCandidate[] {
  switch (agreement.kind) {
    case 'uncompared':
    case 'agree':
      return [{ component: agreement.component, wrong: null }];
    case 'wrong': {
      const [named, ...more] = agreement.wrong;
      const wrong = more.length > 0 || named === undefined ? null : named.number;
      return [{ component: agreement.component, wrong }, ...withNumbers(agreement.others)];
    }
    case 'one-of':
      return withNumbers([...agreement.candidates, ...agreement.others]);
    case 'several-wrong':
      return withNumbers(agreement.candidates);
  }
}

const withNumbers = (candidates: readonly Candidate[]): LegacyCandidate[] =>
  candidates.map(({ component, number }) => ({ component, wrong: number }));

/** SECURITY: places in a share, never a digit: main and the main window see this. */
function judgementOf(agreement: Agreement): LegacyJudgement {
  const suspects =
    agreement.kind === 'wrong'
      ? agreement.wrong
      : agreement.kind === 'one-of'
        ? agreement.candidates
        : [];
  return {
    standing: agreement.kind,
    agreed: isAgreed(agreement),
    provable: candidatesOf(agreement).length > 0,
    suspects: suspects.map(({ number, slip }) => ({
      number,
      slip: slip.kind,
      positions: positionsOf(slip),
    })),
  };
}

function positionsOf(slip: Slip): readonly number[] {
  if ('positions' in slip) return slip.positions;
  return 'position' in slip ? [slip.position] : [];
}

export const proveLegacy: Handler<'prove-legacy'> = async (_input, { state }) => {
  const adoption = state.needAdoption();
  const { version, found } = adoption;
  requireCandidates(adoption);
  adoption.proved?.component.wipe();
  adoption.proved = null;
  const keys = keysOf(found, version);
  if (keys.length === 0) return unproved(adoption);
  const opened = await tryOn(adoption, version);
  if (opened !== null) {
    const { component, ...proof } = opened;
    adoption.proved = { by: 'escrow', place: proof.place, component };
    return proof;
  }
  for (const { version: other } of found.versions) {
    if (other === version) continue;
    const elsewhere = await tryOn(adoption, other);
    elsewhere?.component.wipe();
    if (elsewhere !== null) throw refuseWorker('adopt-other-version', other, version);
  }
  if (ownersKeysOf(found, version).length === 0) {
    throw refuseLegacy('legacy-not-proved', 'any stored survey key that was to prove it');
  }
  // All of them may be damaged: what an organisation keeps may still open.
  adoption.unopened = keys;
  return { opened: [], unopened: keys, place: null, wrong: null };
};

/**
 * Nothing can be opened: people may answer for what came out, where only one key can have. SECURITY:
 * of shares that contradict each other nobody can say which is wrong; one of k+1 that is named may be
 * innocent, and made to look so by whoever holds another.
 */
function unproved(adoption: OpenAdoption): LegacyProof {
  const [only, ...more] = adoption.candidates;
  if (only === undefined || more.length > 0 || adoption.contradicts) {
    throw refuseWorker('adopt-undecided');
  }
  const places: ComponentPlace[] = [];
  let last: unknown;
  for (const { place, bytes } of wantedOf(adoption).components) {
    try {
      restoredWith(only, bytes).fill(0);
      places.push(place);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      last = error;
    }
  }
  const [place, ...others] = places;
  if (place === undefined) throw last;
  return { opened: [], unopened: [], place: others.length === 0 ? place : null, wrong: null };
}

/**
 * The component in the length of this half. The caller wipes it.
 * @throws Refusal `legacy-padding`, `legacy-zero` where the platform key would be none
 */
function restoredWith({ component }: LegacyCandidate, half: Uint8Array): Uint8Array {
  checkNotZero(half, 'vault component');
  const bytes = component.unprovedBytes(half.length);
  try {
    const platformKey = xorComponents(bytes, half);
    try {
      checkNotZero(platformKey, 'platform key');
    } finally {
      platformKey.fill(0);
    }
    return bytes;
  } catch (error) {
    bytes.fill(0);
    throw error;
  }
}

export const restoreLegacy: Handler<'restore-legacy'> = async (
  { place, answers },
  { state, random },
) => {
  // Asked again: main could not write down what came out.
  if (state.restored !== null) return state.restored;
  if (state.key !== null) throw refuseWorker('worker-out-of-order', 'a ceremony without a key');
  const adoption = state.needAdoption();
  const half = wantedOf(adoption).components.find((one) => one.place === place)?.bytes;
  if (half === undefined) throw refuseWorker('worker-out-of-order', 'a vault component there');
  requireAnswers(adoption, answers);
  const component = componentAt(adoption, place, half);
  const vaultComponent = half.slice();
  const platformKey = xorComponents(component, vaultComponent);
  const componentId = bytesToHex(random(16));
  const checks = {
    custodianComponent: checkValue('custodian-component', component, componentId),
    vaultComponent: checkValue('vault-component', vaultComponent, componentId),
    platformKey: checkValue('platform-key', platformKey, componentId),
  };
  const { mode } = state;
  const { version: keyVersion } = adoption;
  const escrowKey = await wipingAfter([platformKey], () =>
    escrowPublicKey(platformKey, { mode, keyVersion }),
  );
  state.key = { componentId, checks, keyVersion, escrowKey };
  const componentBytes = component.length;
  state.custodianComponent = new Secret(component);
  state.vaultComponent = new Secret(vaultComponent);
  // The shares, and what was sealed for other versions, are needed no more.
  wipeAdoption(adoption);
  state.adoption = null;
  state.restored = { componentId, componentBytes, checks, escrowKey };
  return state.restored;
};

/** SECURITY: what nothing proves, and which of two places is right, is never one person's word. */
function requireAnswers(
  { proved, found, version }: OpenAdoption,
  answers: readonly [string, string] | null,
): void {
  const compared = found.versions.find((one) => one.version === version)?.compared;
  if (proved !== null && compared !== 'differs') return;
  if (answers === null || answers[0] === answers[1]) throw refuseWorker('adopt-unanswered');
}

/** What was proved; else the one thing that came out, for which two people answer. */
function componentAt(
  { proved, candidates, contradicts, found, version }: OpenAdoption,
  place: ComponentPlace,
  half: Uint8Array,
): Uint8Array {
  if (proved !== null) {
    if (proved.place !== place)
      throw refuseWorker('worker-out-of-order', 'the place that was proved');
    return proved.component.use((bytes) => bytes.slice());
  }
  const [only, ...more] = candidates;
  // SECURITY: where something could be opened, nothing is taken over that did not open it.
  if (only === undefined || more.length > 0 || contradicts || keysOf(found, version).length > 0) {
    throw refuseWorker('worker-out-of-order', 'a component that was proved');
  }
  return restoredWith(only, half);
}
