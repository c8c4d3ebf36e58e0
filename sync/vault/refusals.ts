/**
 * What can go wrong between sync and Vault. Every state of reference "Vault HTTP API" has its own
 * refusal, because each is repaired by somebody else.
 * @module
 */
import { Refusal, refusals } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';

const unspent = 'Nothing was changed, and no bundle was spent.';

export const refuseVault = refusals({
  'vault-unreachable': (reason: string) => ({
    happened: `Vault does not answer (${reason}).`,
    means: unspent,
    next: 'Check that Vault runs and that VAULT_ADDR names it, then try again.',
  }),
  'vault-outcome-unknown': (path: string) => ({
    happened: 'The connection to Vault broke while it was writing.',
    means: 'The value is either written whole or not at all.',
    next: 'Repeat the same command: sync reads the value before it writes again.',
    culprit: path,
  }),
  'vault-certificate': () => ({
    happened: 'Vault showed a certificate that sync does not trust.',
    means: `Sync did not send its credentials. ${unspent}`,
    next: 'Set VAULT_CACERT to the certificate authority of Vault, or repair its certificate.',
  }),
  'vault-uninitialised': () => ({
    happened: 'This Vault was never set up.',
    means: `It holds nothing yet, so it may be the wrong one. ${unspent}`,
    next: 'Check VAULT_ADDR; for a new Vault, initialise and unseal it first.',
  }),
  'vault-sealed': () => ({
    happened: 'Vault is sealed.',
    means: `It is locked until its key holders unseal it. ${unspent}`,
    next: 'Ask the holders of the unseal keys to unseal Vault, then try again.',
  }),
  'vault-standby': () => ({
    happened: 'This Vault server is a standby: another server of the cluster is the active one.',
    means: unspent,
    next: 'Point VAULT_ADDR at the address of the cluster, not of one server.',
  }),
  'vault-performance-standby': () => ({
    happened: 'This Vault server is a performance standby: another one takes the writes.',
    means: unspent,
    next: 'Point VAULT_ADDR at the address of the cluster, not of one server.',
  }),
  'vault-secondary': () => ({
    happened: 'This Vault is the standing-by copy of another cluster (disaster recovery).',
    means: `It answers nothing until it is promoted. ${unspent}`,
    next: 'Point VAULT_ADDR at the primary cluster, or let a Vault operator promote this one.',
  }),
  'vault-login': () => ({
    happened: 'Vault refused the role id or secret id of sync.',
    means: `The secret id is wrong or has expired. ${unspent}`,
    next: 'Run "conclave-sync secret-id rotate" to make a new secret id.',
  }),
  'vault-locked-out': () => ({
    happened: 'Vault has locked sync out after too many failed sign-ins.',
    means: `Even the right secret id is refused for 15 minutes. ${unspent}`,
    next: 'Correct the secret id, wait 15 minutes, or ask a Vault operator to unlock the role.',
  }),
  'vault-token': () => ({
    happened: 'Vault refused the token of sync, and a fresh one as well.',
    means: unspent,
    next: 'Ask a Vault operator whether tokens of this role are being revoked.',
  }),
  'vault-denied': (path: string) => ({
    happened: `The policy of sync does not allow this in Vault: ${path}.`,
    means: unspent,
    next: 'Run "conclave-sync vault setup" again to renew the policy of sync.',
    culprit: path,
  }),
  'vault-mount': (path: string) => ({
    happened: `Vault has no key-value store of version 2 for ${path}.`,
    means: unspent,
    next: 'Check VAULT_MOUNT, or run "conclave-sync vault setup".',
    culprit: path,
  }),
  'vault-replication': () => ({
    happened: 'Vault is still copying earlier writes to this server, and did not finish in time.',
    means: unspent,
    next: 'Try again in a minute.',
  }),
  'vault-busy': (status: number) => ({
    happened: `Vault could not answer now (status ${status}).`,
    means: unspent,
    next: 'Try again in a minute; if it stays so, ask a Vault operator to read its log.',
  }),
  'vault-content': (path: string) => ({
    happened: `Vault answered with something sync does not understand, at ${path}.`,
    means: `Sync does not guess. ${unspent}`,
    next: 'Check that VAULT_ADDR names a Vault or OpenBao server, and which program writes there.',
    culprit: path,
  }),
  'vault-path': () => ({
    happened: 'Sync was asked for a place in Vault whose name it does not accept.',
    means: unspent,
    next: 'Check the record that names this place.',
  }),
  'vault-kv-version': (mount: string) => ({
    happened: `The mount ${mount} in Vault is not a key-value store of version 2.`,
    means: 'Sync does not convert what others may use. Nothing was changed.',
    next: 'Name another mount with VAULT_MOUNT, or let a Vault operator upgrade this one.',
    culprit: mount,
  }),
  'vault-operator-token': () => ({
    happened: 'Vault refused the operator’s token.',
    means: 'Steps before this one were made; they can be repeated without harm.',
    next: 'Use a token that may manage mounts, policies and auth methods, and run it again.',
  }),
  'vault-root-attempt': (nonce: string) => ({
    happened: `Somebody is already making a root token of this Vault (attempt ${nonce}).`,
    means: 'Vault makes one at a time, and only who began it can read it. Nothing was changed.',
    next: 'Ask the holders of the unseal keys whose it is. To end it, add: --end-attempt and this number.',
    culprit: nonce,
  }),
  'vault-root-gone': () => ({
    happened: 'The attempt to make a root token is not there any more.',
    means:
      'It was ended, or its last key was given elsewhere. A token made there can be read by nobody: its other half was here.',
    next: 'Run the command again. Let the last key be given here.',
  }),
  'vault-root-alive': (accessor: string) => ({
    happened: 'Vault did not confirm that the root token is revoked.',
    means: 'Nobody knows the token: it was never shown. But it may still be good.',
    next: `Let a Vault operator run: vault token revoke -accessor ${accessor}`,
    culprit: accessor,
  }),
  'vault-role-taken': (role: string, mount: string) => ({
    happened: `The policy ${role} in this Vault is of another sync: it is not for the mount ${mount}.`,
    means: 'Writing it would shut the other sync out of its secrets. Nothing was changed.',
    next: 'Give this deployment a name of its own: conclave-sync vault setup --name NAME. Or name the mount with VAULT_MOUNT.',
    culprit: role,
  }),
  'vault-rotate-token': (role: string) => ({
    happened: 'Vault refused this token for rotating the secret id of sync.',
    means: 'The secret id in use was not touched. Sync works on with it.',
    next: `Use a token with the policy ${role}-rotate ("conclave-sync vault setup" writes it).`,
  }),
  'secret-id-unproved': (role: string) => ({
    happened: 'Vault made a new secret id, but sync could not sign in with it.',
    means: 'It was not put into use. Sync works on with the one it has.',
    next: `Check that VAULT_ROLE_ID is the one of the role ${role}, and run it again.`,
  }),
  'secret-id-file': (file: string) => ({
    happened: `The file ${file} cannot be read or written.`,
    means: 'The secret id of sync stays in its file here. Nothing was taken into use.',
    next: 'Check folder, owner and space, and run it again.',
    culprit: file,
  }),
});

/** Somebody else wrote in between. `currentVersion` 0: the path was never written. */
export class CasRefusal extends Refusal {
  readonly currentVersion: number;

  constructor(path: string, currentVersion: number) {
    super(
      'vault-cas',
      {
        happened: `The value at ${path} in Vault is not the one that was expected; its version is ${currentVersion}.`,
        means: 'Somebody else wrote there. Sync overwrote nothing.',
        next: 'Find out who wrote it before you go on.',
      },
      path,
    );
    this.currentVersion = currentVersion;
  }
}

export const vaultMeanings: Meanings = {
  'vault-unreachable': { status: 503, part: 'vault' },
  'vault-outcome-unknown': { status: 503, part: 'vault', changed: 'perhaps' },
  'vault-certificate': { status: 503, part: 'vault' },
  'vault-uninitialised': { status: 503, part: 'vault' },
  'vault-sealed': { status: 503, part: 'vault' },
  'vault-standby': { status: 503, part: 'vault' },
  'vault-performance-standby': { status: 503, part: 'vault' },
  'vault-secondary': { status: 503, part: 'vault' },
  'vault-login': { status: 503, part: 'vault' },
  'vault-locked-out': { status: 503, part: 'vault' },
  'vault-token': { status: 503, part: 'vault' },
  'vault-denied': { status: 503 },
  'vault-mount': { status: 503 },
  'vault-replication': { status: 503, part: 'vault' },
  'vault-busy': { status: 503, part: 'vault' },
  'vault-content': { status: 502, part: 'vault' },
  'vault-cas': { status: 409 },
  'vault-kv-version': { status: 409 },
  'vault-role-taken': { status: 409 },
  'vault-operator-token': { status: 403, changed: 'perhaps' },
  'vault-root-attempt': { status: 409 },
  'vault-root-gone': { status: 409 },
  'vault-root-alive': { status: 409, changed: 'perhaps' },
  'vault-rotate-token': { status: 403 },
  'secret-id-unproved': { status: 409 },
  'secret-id-file': { status: 409 },
};
