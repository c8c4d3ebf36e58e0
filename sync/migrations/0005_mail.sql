-- Up Migration

-- Mails, written in the same transaction as what they tell of, so that each is queued exactly once.
CREATE TABLE conclave.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- What is told to whom, e.g. "request:<uuid>:submitted:<address>": the same is queued once.
    key text NOT NULL UNIQUE,
    recipient text NOT NULL,
    subject text NOT NULL,
    -- Holds a one-time link; emptied when it is sent or given up.
    body text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    last_error text NOT NULL DEFAULT '',
    request_id uuid,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CHECK (state = 'waiting' OR body = '')
);
CREATE INDEX outbox_due ON conclave.outbox (next_at) WHERE state = 'waiting';

-- One-time links in mails. Only their hashes are kept.
CREATE TABLE conclave.links (
    -- SHA-256 of the token (32 random bytes).
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    purpose text NOT NULL CHECK (purpose IN ('object')),
    request_id uuid,
    bundle_digest bytea REFERENCES conclave.bundles (digest),
    address text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    outcome text NOT NULL DEFAULT '',
    CHECK (request_id IS NOT NULL OR bundle_digest IS NOT NULL)
);

-- Down Migration

DROP TABLE conclave.links;
DROP TABLE conclave.outbox;
