-- Up Migration

-- A ticket is good for one package.
CREATE UNIQUE INDEX packages_ticket ON conclave.packages (ticket_digest);

-- Who asked for a recovery through sync. Requests that CheckTick made itself have no row here.
CREATE TABLE conclave.requests (
    -- surveys_recoveryrequest.id
    request_id uuid PRIMARY KEY,
    created_by uuid NOT NULL REFERENCES conclave.admins (id),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    -- How the person's identity was checked, in words.
    verified text NOT NULL CHECK (length(verified) BETWEEN 1 AND 2000),
    created_at timestamptz NOT NULL
);

-- One-time passphrases of recovered surveys. The words themselves are in Vault
-- (conclave/claims/<bundle digest>) until they are acknowledged or expire.
CREATE TABLE conclave.claims (
    bundle_digest bytea PRIMARY KEY REFERENCES conclave.bundles (digest),
    state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'acknowledged', 'expired')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- False while the words may still lie in Vault.
    destroyed boolean NOT NULL DEFAULT false
);

-- Down Migration

DROP TABLE conclave.claims;
DROP TABLE conclave.requests;
DROP INDEX conclave.packages_ticket;
