# The policy of conclave-sync: what it needs, and nothing else.
# "conclave-sync vault setup" installs it; with another mount than secret/ it replaces the prefix,
# with --name the name of the role.
# It is a policy of its own: CheckTick's policy and role stay as they are.

# The vault component: made by a setup, read for every package; "update" is for new shares of the same
# platform key, with check-and-set. What it held before stays as an older version, which sync can
# neither delete nor destroy.
path "secret/data/platform/master-key" {
  capabilities = ["create", "read", "update"]
}
path "secret/metadata/platform/master-key" {
  capabilities = ["read"]
}

# Escrowed survey keys: read for a recovery; "create" stores a new one, with check-and-set 0;
# "update" writes the audit trail, with check-and-set.
path "secret/data/users/+/surveys/+/recovery-kek" {
  capabilities = ["create", "read", "update"]
}
path "secret/metadata/users/+/surveys/+/recovery-kek" {
  capabilities = ["read"]
}

# Survey keys that organisations keep: read for a recovery with the owner's passphrase; "update" is for
# an owner who forgot it, with check-and-set. What lay there before stays as an older version, which
# sync can neither delete nor destroy.
path "secret/data/surveys/+/kek" {
  capabilities = ["read", "update"]
}
# Of which organisation a team is: only read.
path "secret/data/teams/+/team-key" {
  capabilities = ["read"]
}
# A note without a key: that an organisation has another passphrase, and by which bundle.
path "secret/data/organizations/+/master-key" {
  capabilities = ["create", "read", "update"]
}

# Sync's own signing key: made once, then only read.
path "secret/data/conclave/sync" {
  capabilities = ["create", "read"]
}

# What sync trusts: written with check-and-set, never deleted by sync.
path "secret/data/conclave/trust" {
  capabilities = ["create", "read", "update"]
}

# One-time keys of packages and one-time passphrases of recovered surveys: made once, destroyed
# after use with every version.
path "secret/data/conclave/packages/+" {
  capabilities = ["create", "read"]
}
path "secret/metadata/conclave/packages/+" {
  capabilities = ["delete"]
}
path "secret/destroy/conclave/packages/+" {
  capabilities = ["update"]
}
path "secret/data/conclave/claims/+" {
  capabilities = ["create", "read"]
}
path "secret/metadata/conclave/claims/+" {
  capabilities = ["delete"]
}
path "secret/destroy/conclave/claims/+" {
  capabilities = ["update"]
}

# Whether the token works is asked by reading here; nothing lies there.
path "secret/data/conclave/check" {
  capabilities = ["read"]
}

# Its own token, and asking what it may do. (The role has no default policy.)
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
path "sys/capabilities-self" {
  capabilities = ["update"]
}
# When its own secret id ends: Vault tells that only to who knows the secret id. It cannot make one:
# that is the policy conclave-sync-rotate.
path "auth/approle/role/conclave-sync/secret-id/lookup" {
  capabilities = ["update"]
}
