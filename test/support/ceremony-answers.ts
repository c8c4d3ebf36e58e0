/**
 * What a faultless host answers to each effect of the pure machines.
 * @module
 */
import type { Effect } from '../../shared/ceremony/effects.ts';
import type { HostEvent } from '../../shared/ceremony/events.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import {
  ACTIVATE_FACTS,
  DESCRIPTOR,
  ADD_SET_FACTS,
  ADOPT_FACTS,
  CREDENTIAL,
  DRILL_FACTS,
  FIDO_KEY,
  NOW,
  READY,
  keyOf,
  MATCHING_EMAIL,
  MEMBER_FACTS,
  MOVE_FACTS,
  MOVED_COUNTS,
  OTP_KEY,
  OWNER_FACTS,
  PACKAGE_FACTS,
  RETIRE_FACTS,
  WRAPPED,
  REFRESH_FACTS,
  ROSTER_FACTS,
  ROTATE_FACTS,
  VERSION_FACTS,
  shareKey,
} from './ceremony-facts.ts';
import type { MachineState } from './ceremony-machines.ts';
import { RECOVER_PLAN, SPLIT_PLAN } from './plans.ts';

/** What a faultless host answers; null for effects without an answer. */
export function answerTo(effect: Effect, state: MachineState): HostEvent | null {
  switch (effect.effect) {
    case 'record':
    case 'trust-descriptor':
    case 'finish':
      return null;
    case 'load-plan':
      return {
        type: 'plan-loaded',
        plan: state.ceremony === 'recover' ? RECOVER_PLAN : SPLIT_PLAN,
        digest: '99'.repeat(32),
        now: '2026-12-14T08:50:00Z',
        printers: 1,
        unsealKeys: null,
      };
    case 'load-descriptor':
      return {
        type: 'descriptor-loaded',
        digest: DESCRIPTOR,
        audience: '55'.repeat(16),
        publicKey: '66'.repeat(32),
        name: 'CheckTick',
        trusted: false,
      };
    case 'load-package':
      return {
        type: 'package-loaded',
        kind: effect.kind,
        digest: '77'.repeat(32),
        nonce: '88'.repeat(16),
        epoch: 1,
        expiresAt: '2026-05-17T09:30:00Z',
        keyVersion: effect.kind === 'new-version' ? 'v2' : 'v1',
        recover:
          effect.kind === 'recover'
            ? PACKAGE_FACTS
            : effect.kind === 'recover-member'
              ? MEMBER_FACTS
              : null,
        roster: effect.kind === 'roster' ? ROSTER_FACTS : null,
        ...(effect.kind === 'adopt' ? { adopt: ADOPT_FACTS } : {}),
        ...(effect.kind === 'migrate-organisation' ? { organisation: OWNER_FACTS } : {}),
        ...(effect.kind === 'migrate-escrows' ? { move: MOVE_FACTS } : {}),
        ...(effect.kind === 'drill' ? { drill: DRILL_FACTS } : {}),
        ...(effect.kind === 'refresh' ? { refresh: REFRESH_FACTS } : {}),
        ...(effect.kind === 'activate' ? { versionChange: ACTIVATE_FACTS } : {}),
        ...(effect.kind === 'retire' ? { versionChange: RETIRE_FACTS } : {}),
        ...(effect.kind === 'rotate-shares' ? { rotate: ROTATE_FACTS } : {}),
        ...(effect.kind === 'new-version' ? { rotate: VERSION_FACTS } : {}),
        ...(effect.kind === 'add-set' ? { rotate: ADD_SET_FACTS } : {}),
      };
    case 'check-environment':
      return { type: 'environment-checked', findings: READY, now: NOW };
    case 'begin-seat':
      return { type: 'seat-ready' };
    case 'new-identity':
      return { type: 'words-written-down' };
    case 'new-key-identity':
      return {
        type: 'key-identity-made',
        publicKey: keyOf(effect.turn.name),
        credential: CREDENTIAL,
        key: FIDO_KEY,
      };
    case 'open-identity': {
      // Where any of a role may sit, the first of them does.
      const name = effect.turn.name;
      const opened = { type: 'identity-opened' as const, name, publicKey: keyOf(name) };
      return effect.how === 'key' ? { ...opened, credential: CREDENTIAL } : opened;
    }
    case 'write-usb':
      return {
        type: 'written',
        records: [{ kind: 'usb', description: 'stick HOME (16 GB)', fileName: 'share.age' }],
        volumeId: effect.volumeId,
        volumeLabel: 'HOME',
      };
    case 'write-key':
      return {
        type: 'written',
        records: [
          {
            kind: effect.medium,
            description: `YubiKey 5 NFC 12345678, envelope on ${effect.volumeId === null ? 'A4 sheet 1' : 'stick HOME (16 GB)'}`,
            fileName: effect.volumeId === null ? null : 'share.cbor',
          },
        ],
        volumeId: effect.volumeId,
        volumeLabel: effect.volumeId === null ? null : 'HOME',
        keys:
          effect.medium === 'yubikey-otp'
            ? [OTP_KEY]
            : [FIDO_KEY, { ...FIDO_KEY, serial: null, isBackup: true }],
      };
    case 'write-paper':
      return {
        type: 'written',
        records: [{ kind: 'paper', description: 'A4 sheet', fileName: null }],
        volumeId: null,
        volumeLabel: null,
      };
    case 'await-replug':
      return { type: 'replugged', volumeId: effect.volumeId };
    case 'read-back': {
      const { name, index } = effect.turn;
      return {
        type: 'read-back-done',
        identityKey: keyOf(name),
        shareKey: index === null ? null : shareKey(index),
      };
    }
    case 'renew-envelope':
      return {
        type: 'envelope-tried',
        renewal: { done: true, before: 'b0'.repeat(32), after: 'af'.repeat(32) },
      };
    case 'print-envelope':
      return { type: 'envelope-printed', warning: null };
    case 'prove-envelope':
      return { type: 'envelope-proved', after: 'af'.repeat(32) };
    case 'remove-share-file': {
      const { id, volumeId } = effect;
      const files = ['conclave-share-1-of-4-a1a1a1a1.age'];
      return { type: 'share-file-removed', id, volumeId, where: 'stick HOME-1', files };
    }
    case 'look-for-share-file':
      return { type: 'share-file-looked-for', id: effect.id, files: [] };
    case 'find-leftovers':
      return {
        type: 'leftovers-found',
        where: 'stick HOME-1',
        files: [],
        looked: 1,
        complete: true,
      };
    case 'find-move-files':
      return { type: 'move-files-found', description: 'stick COURIER', kept: [] };
    case 'measure-move':
      return { type: 'move-measured', pace: { checktick: 100, sealed: 400 } };
    case 'prove-move':
      return { type: 'move-proved', indexes: [1, 2, 3], organisationHalf: null };
    case 'move-file':
      return {
        type: 'file-moved',
        file: { at: effect.at, digest: `${effect.at + 1}e`.repeat(32), counts: MOVED_COUNTS },
        from: `${effect.at + 1}d`.repeat(32),
        staying: [
          { userId: 7, surveyId: 100 * effect.at + 31, why: 'not-opened' },
          { userId: 8, surveyId: 100 * effect.at + 32, why: 'sealed-without-hash' },
        ],
        ms: 60_000,
      };
    case 'seal-moved':
      return { type: 'moved-sealed' };
    case 'erase-slot': {
      const { id, serial, slot, verifiers } = effect;
      const proved = verifiers.length > 0;
      return { type: 'slot-erased', id, serial, slot, found: 'configured', proved, isEmpty: true };
    }
    case 'seal':
      return { type: 'sealed' };
    case 'end-seat':
      return { type: 'seat-ended' };
    case 'make-key':
      return {
        type: 'key-made',
        componentId: '99'.repeat(16),
        componentBytes: 64,
        checks: { custodianComponent: 'aa', vaultComponent: 'bb', platformKey: 'cc' },
        escrowKey: 'dd'.repeat(812),
      };
    case 'split':
      return {
        type: 'component-split',
        setId: 'ab'.repeat(16),
        shares: Array.from({ length: effect.count }, (_, at) => ({
          index: at + 1,
          x: 10 + at,
          publicKey: shareKey(at + 1),
        })),
      };
    case 'open-adopt-package':
      return { type: 'adopt-package-opened' };
    case 'take-legacy': {
      const given = state.ceremony === 'adopt' ? state.given.length : 0;
      const numbers = effect.whole ? [] : [given + 1];
      const id = given + 1;
      return { type: 'legacy-taken', id, numbers, by: effect.by, source: 'a text file' };
    }
    case 'forget-legacy':
      return { type: 'legacy-forgotten', id: effect.id };
    case 'judge-legacy':
      return {
        type: 'legacy-judged',
        judgement: { standing: 'uncompared', agreed: false, provable: true, suspects: [] },
      };
    case 'prove-legacy':
      return {
        type: 'legacy-proved',
        proof: {
          opened: [{ userId: 7, surveyId: 31 }],
          unopened: [],
          place: 'both',
          wrong: null,
        },
      };
    case 'prove-by-owner':
      return {
        type: 'legacy-proved',
        proof: {
          opened: [],
          unopened: [],
          organisation: {
            owner: effect.owner,
            opened: [{ surveyId: 33, organisationId: 4, teamId: 9 }],
          },
          place: 'both',
          wrong: null,
        },
      };
    case 'restore-legacy':
      return {
        type: 'legacy-restored',
        componentId: '99'.repeat(16),
        componentBytes: 32,
        checks: { custodianComponent: 'aa', vaultComponent: 'bb', platformKey: 'cc' },
        escrowKey: 'dd'.repeat(812),
      };
    case 'split-legacy':
      return { type: 'new-legacy-split' };
    case 'write-legacy':
      return {
        type: 'new-legacy-written',
        volumeId: effect.volumeId,
        volumeLabel: 'L',
        description: `stick L${effect.number}`,
        fileName: `conclave-legacy-share-${effect.number}-of-4-aaaaaaaa.txt`,
      };
    case 'read-legacy-back':
      return { type: 'new-legacy-read-back' };
    case 'end-new-legacy':
      return { type: 'new-legacy-ended' };
    case 'prove-quorum':
      return { type: 'quorum-proved', indexes: [1, 2, 4] };
    case 'sign-set':
    case 'sign-refreshed-set':
      return {
        type: 'set-signed',
        manifestDigest: '33'.repeat(32),
        rosterDigest: '34'.repeat(32),
        words: eightWords(hexToBytes('33'.repeat(32))),
      };
    case 'sign-roster':
      return {
        type: 'roster-signed',
        rosterDigest: '35'.repeat(32),
        words: eightWords(hexToBytes('35'.repeat(32))),
      };
    case 'print-witness-page':
      return {
        type: 'witness-page-printed',
        description: 'A4 page on office',
        head: '12'.repeat(32),
        warning: null,
      };
    case 'open-package':
    case 'open-rotate-package':
      return { type: 'package-opened' };
    case 'renew-key':
      return {
        type: 'key-renewed',
        indexes: 'accepted' in state ? [...state.accepted] : [],
        componentId: '99'.repeat(16),
        componentBytes: 64,
        checks: { custodianComponent: 'aa', vaultComponent: 'bb', platformKey: 'cc' },
        escrowKey: 'dd'.repeat(812),
      };
    case 'accept-share':
      return {
        type: 'share-accepted',
        index: effect.index,
        medium: effect.how === 'usb' ? 'usb' : 'paper',
      };
    case 'prove-share':
      return {
        type: 'share-proved',
        index: effect.index,
        medium: effect.medium,
        signature: 'ee'.repeat(64),
        at: 1_000_000 + effect.index * 60_000,
      };
    case 'open-test-escrow':
      return {
        type: 'test-escrow-opened',
        indexes: [1, 2, 3],
        signature: 'ef'.repeat(64),
        at: 1_000_000 + 243_000 + 60_000,
      };
    case 'draw-refresh':
      return { type: 'refresh-drawn', roster: '34'.repeat(32) };
    case 'refresh-share': {
      const lives = state.ceremony === 'refresh' ? (state.agreed?.lives ?? []) : [];
      const index = lives.indexOf(effect.index) + 1;
      const share = { index, x: 10 + effect.index, publicKey: shareKey(index) };
      return { type: 'share-refreshed', before: effect.index, share };
    }
    case 'sign-refreshed':
      return { type: 'refreshed-signed' };
    case 'open-kek':
      return {
        type: 'kek-opened',
        indexes: 'kekOpened' in state ? [...state.accepted] : [],
        email: state.ceremony === 'recover' ? MATCHING_EMAIL : { standing: 'not-asked' },
        escrow: null,
      };
    case 'wrap-surveys':
      return { type: 'surveys-wrapped', indexes: [1, 2, 3], ...WRAPPED };
    case 'make-bundle':
      return {
        type: 'bundle-made',
        digest: 'be'.repeat(32),
        words: 'eight words',
        signedEntries: 9,
      };
    case 'save-bundle':
      return { type: 'bundle-saved', description: 'stick SYNC' };
    case 'import-receipt':
      return {
        type: 'receipt-imported',
        digest: 'ef'.repeat(32),
        outcome: 'committed',
        statement: 'It was written and read back.',
      };
  }
}
