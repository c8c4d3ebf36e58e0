/**
 * Taking over the platform key that exists: what sync sealed is opened, the legacy shares are
 * compared with each other, what they give is tried on a stored survey key, and becomes the key
 * that is split anew.
 * @module
 */
import { PLACES, type AdoptFound, type ComponentPlace } from '../../../shared/bundle/adopt.ts';
import { openAdoptPackage } from '../../../shared/bundle/adopt-package.ts';
import type { LegacyJudgement } from '../../../shared/ceremony/events.ts';
import {
  judgeLegacyShares,
  proveByEscrow,
  proveOneOf,
  xorComponents,
  type Agreement,
} from '../../../shared/checktick/index.ts';
import { refuseLegacy } from '../../../shared/checktick/legacy/refusals.ts';
import type { Slip } from '../../../shared/checktick/legacy/slip.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { Secret, wipingAfter } from '../../../shared/secret/secret.ts';
import { escrowPublicKey } from '../../../shared/sharing/escrow-key.ts';
import { checkValue } from '../../../shared/sharing/check-value.ts';
import {
  forgetJudgement,
  wipeAdoption,
  wipeGiven,
  type LegacyCandidate,
  type OpenAdoption,
} from '../adoption.ts';
import { refuseWorker } from '../refusals.ts';
import type { Handler } from './context.ts';
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
      proved: null,
    };
    return null;
  } finally {
    privateKey.fill(0);
  }
};

export const forgetLegacy: Handler<'forget-legacy'> = ({ at }, { state }) => {
  const adoption = state.needAdoption();
  const [given] = adoption.given.splice(at, 1);
  if (given === undefined)
    throw refuseWorker('worker-out-of-order', 'a legacy share at that place');
  wipeGiven(given);
  forgetJudgement(adoption);
  return null;
};

export const judgeLegacy: Handler<'judge-legacy'> = ({ threshold }, { state }) => {
  const adoption = state.needAdoption();
  forgetJudgement(adoption);
  if (threshold === null) {
    const whole = adoption.given.find((given) => 'component' in given);
    if (whole === undefined) throw refuseWorker('worker-out-of-order', 'the whole component');
    // A copy of its own: what was given stays until it is taken back.
    adoption.candidates = [{ component: whole.component.copy(), wrong: null }];
    return { standing: 'whole', agreed: false, suspects: [] };
  }
  const shares = adoption.given.flatMap((given) => ('shares' in given ? given.shares : []));
  const secretBytes = wantedOf(adoption).components[0]?.bytes.length ?? 0;
  const agreement = judgeLegacyShares(shares, { threshold, secretBytes });
  adoption.candidates = candidatesOf(agreement);
  return judgementOf(agreement);
};

function candidatesOf(agreement: Agreement): LegacyCandidate[] {
  switch (agreement.kind) {
    case 'uncompared':
    case 'agree':
    case 'wrong':
      return [{ component: agreement.component, wrong: null }];
    case 'one-of':
      return agreement.candidates.map(({ component, number }) => ({ component, wrong: number }));
    case 'several-wrong':
      return [];
  }
}

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
    agreed: 'component' in agreement && agreement.component.standing === 'agreed',
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

/** What sync sealed of the version that is adopted. */
function wantedOf({ secrets, version }: OpenAdoption): OpenAdoption['secrets'][number] {
  const wanted = secrets.find((one) => one.version === version);
  if (wanted === undefined) throw refuseWorker('package-not-open');
  return wanted;
}

const proofOf = (found: AdoptFound, version: string) =>
  found.versions.find((one) => one.version === version)?.proof ?? null;

export const proveLegacy: Handler<'prove-legacy'> = async (_input, { state }) => {
  const adoption = state.needAdoption();
  const { version, found, candidates } = adoption;
  if (candidates.length === 0)
    throw refuseWorker('worker-out-of-order', 'legacy shares that agree');
  adoption.proved?.component.wipe();
  adoption.proved = null;
  const by = proofOf(found, version);
  if (by === null) {
    // Nobody can say which of several keys is right where nothing opens.
    if (candidates.length > 1) throw refuseWorker('adopt-undecided');
    const places =
      PLACES[found.versions.find((one) => one.version === version)?.compared ?? 'same'];
    return { by: null, place: places.length === 1 ? (places[0] ?? null) : null, wrong: null };
  }
  const opened = await tryOn(adoption, version);
  if (opened !== null) {
    adoption.proved = opened;
    const { place, wrong } = opened;
    return { by, place, wrong };
  }
  for (const { version: other } of found.versions) {
    if (other === version) continue;
    const elsewhere = await tryOn(adoption, other);
    elsewhere?.component.wipe();
    if (elsewhere !== null) throw refuseWorker('adopt-other-version', other, version);
  }
  throw refuseLegacy('legacy-not-proved', 'the stored survey key that was to prove it');
};

/** Each component of a version with each thing that the shares could give; null: none opens. */
async function tryOn({ secrets, found, candidates }: OpenAdoption, version: string) {
  const sealed = secrets.find((one) => one.version === version);
  const by = proofOf(found, version);
  if (by === null || sealed === undefined || sealed.encryptedKek === null) return null;
  const { components, encryptedKek } = sealed;
  for (const { place, bytes } of components) {
    try {
      const { at, proved } = await proveOneOf(
        candidates.map(({ component }) => component),
        (candidate) => proveByEscrow(candidate, { ...by, vaultComponent: bytes, encryptedKek }),
      );
      return { place, component: proved.component, wrong: candidates[at]?.wrong ?? null };
    } catch (error) {
      if (!(error instanceof Refusal) || !DOES_NOT_FIT.has(error.code)) throw error;
    }
  }
  return null;
}

const DOES_NOT_FIT = new Set(['legacy-not-proved', 'legacy-padding', 'component-length']);

export const restoreLegacy: Handler<'restore-legacy'> = async ({ place }, { state, random }) => {
  if (state.key !== null) throw refuseWorker('worker-out-of-order', 'a ceremony without a key');
  const adoption = state.needAdoption();
  const half = wantedOf(adoption).components.find((one) => one.place === place)?.bytes;
  if (half === undefined) throw refuseWorker('worker-out-of-order', 'a vault component there');
  const component = componentAt(adoption, place, half.length);
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
  return { componentId, componentBytes, checks, escrowKey };
};

/** What was proved; else the one thing that came out, for which two people answer. */
function componentAt(
  { proved, candidates, found, version }: OpenAdoption,
  place: ComponentPlace,
  length: number,
): Uint8Array {
  if (proved !== null) {
    if (proved.place !== place)
      throw refuseWorker('worker-out-of-order', 'the place that was proved');
    return proved.component.use((bytes) => bytes.slice());
  }
  const [only, ...more] = candidates;
  // SECURITY: where something could be opened, nothing is taken over that did not open it.
  if (only === undefined || more.length > 0 || proofOf(found, version) !== null) {
    throw refuseWorker('worker-out-of-order', 'a component that was proved');
  }
  return only.component.unprovedBytes(length);
}
