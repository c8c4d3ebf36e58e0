# The policy of whoever rotates the secret id of sync (conclave-sync secret-id rotate): it makes one,
# asks when one ends, and destroys one. It reads no secret and is never sync's own: with it a thief
# of sync's token could stay for ever.
# "conclave-sync vault setup" installs it as conclave-sync-rotate; with --name NAME as
# conclave-sync-NAME-rotate.
path "auth/approle/role/conclave-sync/secret-id" {
  capabilities = ["update"]
}
path "auth/approle/role/conclave-sync/secret-id/lookup" {
  capabilities = ["update"]
}
path "auth/approle/role/conclave-sync/secret-id/destroy" {
  capabilities = ["update"]
}
