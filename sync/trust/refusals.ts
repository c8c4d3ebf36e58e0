/**
 * How sync's flows refuse: packages, bundles, commits, receipts.
 * @module
 */
import type { Meanings } from '../meaning.ts';
import { refusals, type Sentences } from '../../shared/refusal.ts';

const unspent = 'Nothing was changed, and no bundle was spent.';

export const refuseFlow = refusals({
  'trust-epoch-mismatch': (vault: number, database: number) => ({
    happened: `Vault and the database disagree about the trust epoch (${vault} and ${database}).`,
    means: `One of them was restored from a backup, or a commit is unfinished. ${unspent}`,
    next: 'Run "conclave-sync check". An unfinished commit is finished by "commit"; otherwise two people must find out which side is right.',
  }),
  'transcript-too-large': (bytes: number) => ({
    happened: `This log has ${bytes} bytes, more than sync hands on.`,
    means: 'A ceremony has far less. Nothing was kept.',
    next: 'Keep it with the auditor’s file, and look at what is in it with the verifier.',
  }),
  'transcript-other-mode': (mode: string) => ({
    happened: `This log is of mode ${mode}, and this sync is not.`,
    means: 'A rehearsal says nothing of a real key, nor the other way round. Nothing was kept.',
    next: 'Bring it to the sync that it belongs to.',
  }),
  'trust-exists': () => ({
    happened: 'This sync trusts a share set already.',
    means: `A first share set, of a new platform key or of one that exists, is trusted once only. ${unspent}`,
    next: 'Use the share set that exists; a new key version has a ceremony of its own.',
  }),
  'key-exists': (where: string) => ({
    happened: `There is a platform key already: ${where}.`,
    means: `Setting up another one would make stored keys unreadable. ${unspent}`,
    next: 'Adopt the key that exists instead of making a new one.',
    culprit: where,
  }),
  'no-trust': () => ({
    happened: 'This sync trusts no share set yet.',
    means: unspent,
    next: 'Set up the platform key first, and commit its bundle.',
  }),
  'escrow-key-differs': (version: string) => ({
    happened: `The escrow key of key version ${version} in Vault (conclave/trust) is not the one in its signed manifest.`,
    means: `Somebody wrote there beside sync: what is sealed to that key may be readable to others. ${unspent}`,
    next: 'Stop, and call the auditor. Two people find out who wrote conclave/trust and restore it from a backup.',
    culprit: version,
  }),
  'trust-moved': () => ({
    happened: 'Trust has changed since the package of this bundle was made.',
    means: `It answers a state of affairs that is gone. ${unspent}`,
    next: 'Take the receipt to the laptop and start again with a new package.',
  }),
  'package-unknown': () => ({
    happened: 'This bundle answers a package that this sync did not make.',
    means: unspent,
    next: 'Check that the bundle is for this sync, and use the one whose package came from here.',
  }),
  'package-differs': () => ({
    happened: 'This bundle repeats something else than its package said.',
    means: `It was made from another package, or changed. ${unspent}`,
    next: 'Make the bundle again from the package, or keep both files for the auditor.',
  }),
  'email-not-answered': () => ({
    happened: 'This bundle does not say of the escrowed e-mail address what its package asks.',
    means: `The address was not compared on the laptop, or an older Conclave made the bundle. ${unspent}`,
    next: 'Make the bundle again from the package, with this Conclave.',
  }),
  'package-spent': () => ({
    happened: 'The package of this bundle was used before.',
    means: 'A package is good for one bundle. Nothing was changed now.',
    next: 'If the bundle is the same one, ask for its receipt. Otherwise start again with a new package.',
  }),
  'package-expired': (at: string) => ({
    happened: `The package of this bundle expired at ${at}.`,
    means: `Sync's own clock decides. ${unspent}`,
    next: 'Ask for the receipt, take it to the laptop, and start again with a new package.',
  }),
  'release-expired': (at: string) => ({
    happened: `This package was asked for and not released by ${at}.`,
    means:
      'The time for it is over, by sync’s own clock, and approvals of it count for nothing. Nothing left Vault.',
    next: 'Ask for a new package, with a new ticket; two approvers release that one.',
  }),
  'release-unfinished': ({ happened, next }: Pick<Sentences, 'happened' | 'next'>) => ({
    happened: `Your approval is recorded, but the package could not be released: ${happened}`,
    means:
      'Both approvals stand. No secret has left Vault, and the package waits in its state “requested”.',
    next: `${next} Then one of its two approvers approves it once more, and the release goes on.`,
  }),
  'package-key-missing': (path: string) => ({
    happened: 'The one-time key that opens this bundle is not in Vault, though the bundle is open.',
    means:
      'Somebody deleted the key, or Vault was restored from a backup without it. The bundle cannot be opened; nothing was changed now.',
    next: 'Put the key back from a backup of Vault, or refuse the bundle and start again with a new package.',
    culprit: path,
  }),
  'set-not-trusted': () => ({
    happened: 'The share set that signed this bundle is not the one that sync trusts.',
    means: unspent,
    next: 'Use the share set of this key version; ask an auditor if you do not know which it is.',
  }),
  'set-not-named': (version: string, sets: readonly string[]) => ({
    happened: `Key version ${version} has ${sets.length} share sets, and none was named.`,
    means: `A ceremony is held with the custodians of one set. Nothing was asked for. The sets are: ${sets.join('; ')}.`,
    next: 'Say which one, by its id ("--set"): the one whose custodians can come.',
  }),
  'sets-enough': (count: number) => ({
    happened: `This key version has ${count} share sets already.`,
    means: `Each of them opens the key, and with every further one it is weaker. ${unspent}`,
    next: 'Make new shares instead: they end all of these sets, and bring one that you choose.',
  }),
  'roster-not-trusted': () => ({
    happened: 'The roster that this names is not the one that sync trusts.',
    means: unspent,
    next: 'Start again with a new package, which brings the roster of today.',
  }),
  'bundle-unknown': () => ({
    happened: 'This sync has no such bundle.',
    means: 'Nothing was changed.',
    next: 'Look at the list of bundles (conclave-sync bundle list).',
  }),
  'bundle-differs': () => ({
    happened: 'This file names a bundle that sync has, but with other signatures.',
    means: `Signatures were taken away or added after it was imported. ${unspent}`,
    next: 'Keep the file for the auditor. The bundle that was imported first is what counts.',
  }),
  'signed-otherwise': (what: string) => ({
    happened: `Sync keeps a ${what} with exactly these contents, which others have signed.`,
    means: `It came with another bundle, made in the same second from the same package or from one like it. ${unspent}`,
    next: 'Hold the ceremony again: what it makes then has another time.',
  }),
  'bundle-not-as-imported': (why: string) => ({
    happened: `The bundle that sync keeps is not what was imported and verified. ${why}`,
    means: `Somebody changed the database beside sync. ${unspent}`,
    next: 'Stop. Two people and the auditor must find out who wrote to the schema conclave.',
  }),
  'approvals-missing': (what: string) => ({
    happened: `Two different people must have approved this ${what}, and sync finds fewer.`,
    means: `An approver was disabled since, or somebody changed the database beside sync. ${unspent}`,
    next: 'Look at its history. Unless you know why, stop and ask the auditor.',
  }),
  'bundle-state': (state: string, wanted: string) => ({
    happened: `The bundle is ${state}, and it must be ${wanted} for this.`,
    means: 'Nothing was changed now.',
    next: 'Look at its history (conclave-sync bundle show).',
  }),
  'bundle-too-early': (until: string) => ({
    happened: `The delay of this bundle ends at ${until}.`,
    means: `Until then anybody concerned can object. ${unspent}`,
    next: 'Commit it after that time.',
  }),
  'way-of-import': (replaces: boolean) => ({
    happened: replaces
      ? 'This bundle replaces every admin of this sync.'
      : 'This bundle does not replace the admins of this sync.',
    means: replaces
      ? `It is for the night when no admin has a key left, and you have one. ${unspent}`
      : `The console takes nothing else in. ${unspent}`,
    next: replaces
      ? 'If keys are lost, invite new admins with yours. If all are lost, take it in on the server: conclave-sync admin lost import.'
      : 'Let an operator sign in and import it: conclave-sync bundle import.',
  }),
  'lost-needs-mail': () => ({
    happened: 'This sync sends no mail.',
    means: `Nobody could be told that every admin is to be replaced, and so nobody could object. ${unspent}`,
    next: 'Set up CONCLAVE_SMTP_URL and what belongs to it (conclave-sync check says what), then begin again.',
  }),
  'lost-version': (versions: readonly string[]) => ({
    happened: `Trusted are the share sets of ${versions.length === 1 ? 'key version' : 'the key versions'} ${versions.join(', ')}.`,
    means: 'It must be clear whose custodians sign. Nothing was changed.',
    next: 'Name one of them with --key-version.',
  }),
  'words-differ': (unknown: readonly string[]) => ({
    happened:
      unknown.length > 0
        ? `Not in the word list: ${unknown.join(', ')}.`
        : 'These are not the words of this document.',
    means: `A word was misheard, or the document is not the one that the other side has. ${unspent}`,
    next: 'Have the words read out again, one by one. If they differ again, stop.',
  }),
  'own-approval': () => ({
    happened:
      'You asked for this or its package, imported it, checked the person, or it is about yourself.',
    means: `Two other people must approve it. ${unspent}`,
    next: 'Ask two approvers who had nothing to do with it.',
  }),
  'component-wrong': () => ({
    happened: 'The sealed vault component does not fit the check value in the manifest.',
    means: `Committing it would make a key that no custodian could complete. ${unspent}`,
    next: 'Refuse this bundle and hold the ceremony again.',
  }),
  'third-value': (where: string) => ({
    happened: `${where} holds a value that is neither the old nor the new one.`,
    means:
      'Somebody else wrote there. Sync wrote nothing over it, and the commit stops for a person.',
    next: 'Find out who wrote it. When the old value is back, run "commit" again.',
    culprit: where,
  }),
  'read-back-differs': (where: string) => ({
    happened: `${where} does not hold what was just written.`,
    means: 'The commit is not finished, so there is no receipt yet.',
    next: 'Find out who wrote there, put it right, and run "commit" again. If CheckTick did, and what stands there now is to stay, two approvers can end the commit of a recovery: conclave-sync bundle accept-difference.',
    culprit: where,
  }),
  'read-back-unproven': (where: string) => ({
    happened: `The package’s one-time key is gone from Vault, so ${where} cannot be compared with the key of the bundle.`,
    means:
      'All that was written is there, and the one-time passphrase opens it. The commit is not finished, so there is no receipt yet.',
    next: 'Put the key back from a backup of Vault and run "commit" again. If there is none, two approvers can end the commit: conclave-sync bundle accept-difference.',
    culprit: where,
  }),
  'difference-never': () => ({
    happened: 'What a setup or a change of the roster wrote must be there as it was written.',
    means:
      'Nobody can accept anything else, because a key could be lost by it. Nothing was changed.',
    next: 'Find out who wrote there, put it right, and run "commit" again.',
  }),
  'difference-none': () => ({
    happened: 'All that this recovery wrote is there as it was written.',
    means: 'There is nothing to accept. Nothing was changed.',
    next: 'Let an operator run "commit" again; it goes on where it stopped.',
  }),
  'sync-key-differs': () => ({
    happened: 'The signing key in Vault belongs to another sync than this database does.',
    means: `The database or Vault is not the one it was, so sync only answers status. ${unspent}`,
    next: 'Check DATABASE_URL, VAULT_ADDR and VAULT_MOUNT; if one side was restored, ask the maintainers.',
  }),
  'sync-key-missing': () => ({
    happened: 'Vault holds no signing key of sync, though this database has trusted a share set.',
    means: `Vault is another one, or was restored to before sync first ran. Sync makes no new key, because no laptop would know it. ${unspent}`,
    next: 'Check VAULT_ADDR and VAULT_MOUNT, or restore Vault to the moment of the database.',
  }),
  'other-audience': (what: string) => ({
    happened: `This ${what} was made for another sync.`,
    means: unspent,
    next: `Take it to the sync whose package it answers, or use the ${what} for this one.`,
  }),
  'commit-unfinished': (digest: string) => ({
    happened: `The commit of bundle ${digest.slice(0, 8)} is not finished.`,
    means: `Until it is, nothing else of this key version begins. ${unspent}`,
    next: 'Run "conclave-sync commit" for that bundle; it goes on where it stopped and says what is in the way.',
    culprit: digest,
  }),
  'approved-already': () => ({
    happened: 'You have approved this before.',
    means: 'Your approval counts once. Nothing was changed now.',
    next: 'Ask another approver.',
  }),
  'manifest-differs': () => ({
    happened: 'The share set in this bundle was not made for this sync, or not in this ceremony.',
    means: unspent,
    next: 'Make the bundle again from a package of this sync.',
  }),
  'approval-not-needed': () => ({
    happened: 'This bundle needs no approval of its own.',
    means:
      'The request of a recovery had two approvers and its delay already; a bundle that replaces every admin waits for objections instead. Nothing was changed.',
    next: 'Commit it (conclave-sync commit), or refuse it.',
  }),
  'nothing-found': (what: string) => ({
    happened: `Sync has no ${what} of that name, or more than one that begins so.`,
    means: 'Nothing was changed.',
    next: 'Look at the list and use more of its digits.',
  }),
  'package-state': (state: string) => ({
    happened: `The package is ${state}.`,
    means: 'This step does not belong to that state. Nothing was changed.',
    next: 'Look at the list of packages (conclave-sync package list).',
  }),
  'ticket-used': () => ({
    happened: 'This ticket has brought a package before.',
    means: 'A ticket is good for one package. Nothing was changed.',
    next: 'Ask the operator for a new ticket.',
  }),
  'ticket-not-operator': () => ({
    happened: 'Whoever signed this ticket is no operator in the roster that sync trusts.',
    means: unspent,
    next: 'Ask an operator of the roster for a ticket.',
  }),
  'escrow-missing': (where: string) => ({
    happened: `There is no stored key of this survey for this user in ${where}.`,
    means: `Without it nothing can be recovered this way. ${unspent}`,
    next: 'Check user and survey; if both are right, the survey was never escrowed.',
    culprit: where,
  }),
  'escrow-differs': (where: string) => ({
    happened: `Vault and the database disagree about the stored key of this survey (${where}).`,
    means: `Sync does not guess which one is right. ${unspent}`,
    next: 'Find out who changed it before you go on.',
    culprit: where,
  }),
  'kv-row-differ': (version: string) => ({
    happened: `Vault and the database hold different vault components for key version ${version}.`,
    means: `One of them was changed or restored. A package with the wrong one would be useless. ${unspent}`,
    next: 'Two people must find out which one is right, from the check value in the manifest.',
    culprit: version,
  }),
  'survey-changed': () => ({
    happened: 'The survey key columns in CheckTick are not those of the time the package was made.',
    means:
      'The user may have got in again, or somebody recovered it. Sync overwrote nothing, and the commit stops for a person.',
    next: 'Ask the user. If the recovery is no longer needed, refuse the bundle.',
  }),
  'kek-form': () => ({
    happened: 'The key in this bundle is not 32 bytes long.',
    means: `CheckTick could not use it. ${unspent}`,
    next: 'Refuse this bundle and hold the ceremony again.',
  }),
  'passphrase-gone': (state: string) => ({
    happened: `The one-time passphrase of this recovery is ${state}.`,
    means: 'It was destroyed and cannot be shown again. Nothing was changed now.',
    next: 'If the user does not have it, start a new recovery.',
  }),
  'passphrase-none': () => ({
    happened: 'This bundle has no one-time passphrase.',
    means: 'Only a committed recovery has one. Nothing was changed.',
    next: 'Look at the bundle (conclave-sync bundle show).',
  }),
  'receipt-none': () => ({
    happened: 'There is no receipt for this bundle yet.',
    means: 'It is neither committed nor finally refused.',
    next: 'Look at its state (conclave-sync bundle show).',
  }),
});

export const flowMeanings: Meanings = {
  'trust-epoch-mismatch': { status: 503 },
  'transcript-too-large': { status: 413 },
  'transcript-other-mode': { status: 409 },
  'trust-exists': { status: 409 },
  'key-exists': { status: 409 },
  'no-trust': { status: 409 },
  'escrow-key-differs': { status: 409 },
  'package-unknown': { status: 404 },
  'package-spent': { status: 409 },
  'package-expired': { status: 410 },
  'release-expired': { status: 410 },
  'release-unfinished': { status: 409, changed: 'yes' },
  'package-key-missing': { status: 409 },
  'bundle-unknown': { status: 404 },
  'bundle-not-as-imported': { status: 409 },
  'email-not-answered': { status: 409 },
  'approvals-missing': { status: 409 },
  'set-not-named': { status: 409 },
  'sets-enough': { status: 409 },
  'bundle-state': { status: 409 },
  'bundle-too-early': { status: 409 },
  'own-approval': { status: 403 },
  'third-value': { status: 409, changed: 'perhaps' },
  'read-back-differs': { status: 409, changed: 'perhaps' },
  'read-back-unproven': { status: 409, changed: 'perhaps' },
  'difference-never': { status: 409 },
  'difference-none': { status: 409 },
  'receipt-none': { status: 404 },
  'sync-key-differs': { status: 503 },
  'sync-key-missing': { status: 503 },
  'commit-unfinished': { status: 409 },
  'approved-already': { status: 409 },
  'approval-not-needed': { status: 409 },
  'way-of-import': { status: 409 },
  'lost-needs-mail': { status: 409 },
  'lost-version': { status: 409 },
  'nothing-found': { status: 404 },
  'package-state': { status: 409 },
  'ticket-used': { status: 409 },
  'escrow-missing': { status: 404 },
  'escrow-differs': { status: 409 },
  'kv-row-differ': { status: 409 },
  'survey-changed': { status: 409 },
  'passphrase-gone': { status: 410 },
  'passphrase-none': { status: 404 },
};
