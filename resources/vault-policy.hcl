# The policy of conclave-sync: what it needs, and nothing else.
# "conclave-sync vault setup" installs it; with another mount than secret/ it replaces the prefix.
# It is a policy of its own: CheckTick's policy and role stay as they are.

# The vault component. "create" without "update": an existing one can be read and never overwritten.
path "secret/data/platform/master-key" {
  capabilities = ["create", "read"]
}
path "secret/metadata/platform/master-key" {
  capabilities = ["read"]
}

# Escrowed survey keys: read for a recovery; "update" writes the audit trail, with check-and-set.
path "secret/data/users/+/surveys/+/recovery-kek" {
  capabilities = ["read", "update"]
}
path "secret/metadata/users/+/surveys/+/recovery-kek" {
  capabilities = ["read"]
}

# Sync's own: its signing key, the trust document, one-time recipient keys (destroyed after use).
path "secret/data/conclave/*" {
  capabilities = ["create", "read", "update"]
}
path "secret/metadata/conclave/*" {
  capabilities = ["read", "delete"]
}
path "secret/destroy/conclave/*" {
  capabilities = ["update"]
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
