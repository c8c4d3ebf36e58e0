-- Up Migration

-- A person, or a machine that signs in with a certificate. A machine never approves.
ALTER TABLE conclave.admins
    ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'machine')),
    -- invited by one admin, confirmed by a second, active with the first key, disabled for ever.
    ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN (
        'invited', 'confirmed', 'active', 'disabled'
    )),
    ADD COLUMN invited_by uuid REFERENCES conclave.admins (id),
    ADD COLUMN confirmed_by uuid REFERENCES conclave.admins (id),
    -- Who this is to an authenticator (WebAuthn's user handle): random, so it tells nobody anything.
    ADD COLUMN webauthn_id bytea NOT NULL UNIQUE
        DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
        CHECK (octet_length(webauthn_id) = 32),
    ADD COLUMN on_call boolean NOT NULL DEFAULT false,
    -- SHA-256 of the code that the inviting admin hands over; the link comes from the confirming one.
    ADD COLUMN invite_hash bytea CHECK (octet_length(invite_hash) = 32),
    -- When the first key came. NULL: was never active.
    ADD COLUMN activated_at timestamptz;
UPDATE conclave.admins SET activated_at = created_at;
UPDATE conclave.admins SET state = 'disabled' WHERE disabled_at IS NOT NULL;
ALTER TABLE conclave.admins
    ADD CHECK ((state = 'disabled') = (disabled_at IS NOT NULL)),
    ADD CHECK (state <> 'active' OR activated_at IS NOT NULL),
    ADD CHECK (kind = 'person' OR NOT 'approver' = ANY (roles)),
    ADD CHECK (invited_by <> id AND confirmed_by <> id AND confirmed_by <> invited_by);

-- Bearer tokens of the command line, several per admin. With a token alone nothing is approved.
CREATE TABLE conclave.tokens (
    -- The first part of the token, to find the row. Not a secret.
    prefix text PRIMARY KEY,
    admin_id uuid NOT NULL REFERENCES conclave.admins (id),
    -- SHA-256 of the secret part (32 random bytes, so no salt and no slow hash is needed).
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at timestamptz
);
CREATE INDEX tokens_by_admin ON conclave.tokens (admin_id);
INSERT INTO conclave.tokens (prefix, admin_id, hash, label, created_at, expires_at)
SELECT token_prefix, id, token_hash, 'first token', created_at,
       clock_timestamp() + interval '90 days'
  FROM conclave.admins;
ALTER TABLE conclave.admins DROP COLUMN token_prefix, DROP COLUMN token_hash;

-- What proves that somebody is this admin. A row stays for ever: approvals name it, and a key that
-- was revoked never comes back.
CREATE TABLE conclave.authenticators (
    -- Passkey: the credential id. Identity: SHA-256 of the key. Certificate: SHA-256 of its DER.
    id bytea PRIMARY KEY CHECK (octet_length(id) BETWEEN 16 AND 1023),
    admin_id uuid NOT NULL REFERENCES conclave.admins (id),
    kind text NOT NULL CHECK (kind IN ('passkey', 'identity', 'certificate')),
    -- Passkey: COSE key. Identity: the Ed25519 key, 32 bytes. Certificate: empty.
    public_key bytea NOT NULL,
    -- Of a passkey: how often it says that it was used. Falls for a copy only.
    counter bigint NOT NULL DEFAULT 0 CHECK (counter >= 0),
    transports text[] NOT NULL DEFAULT '{}',
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CHECK (kind <> 'identity' OR octet_length(public_key) = 32),
    CHECK (kind <> 'certificate' OR octet_length(public_key) = 0)
);
CREATE INDEX authenticators_by_admin ON conclave.authenticators (admin_id);

-- One-time links with which an admin registers a key of his own.
CREATE TABLE conclave.enrolments (
    -- SHA-256 of 32 random bytes.
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    admin_id uuid NOT NULL REFERENCES conclave.admins (id),
    -- first: makes the admin active. further: another key, for one who lost his.
    purpose text NOT NULL CHECK (purpose IN ('first', 'further')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- Used, or voided by a newer link.
    used_at timestamptz
);
CREATE INDEX enrolments_by_admin ON conclave.enrolments (admin_id);

-- Signed-in browsers.
CREATE TABLE conclave.sessions (
    -- SHA-256 of the cookie's 32 random bytes.
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    admin_id uuid NOT NULL REFERENCES conclave.admins (id),
    -- Revoking a key ends the sessions that it opened.
    authenticator_id bytea NOT NULL REFERENCES conclave.authenticators (id),
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- However much it is used.
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_by_admin ON conclave.sessions (admin_id);

-- What a key is asked to sign: each good for five minutes and for one answer.
CREATE TABLE conclave.challenges (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- confirm: a signed-in admin shows that it is still he, before he gets a new key or token.
    purpose text NOT NULL CHECK (purpose IN ('sign-in', 'enrol', 'confirm', 'approve')),
    -- NULL for a sign-in: who it is, the key says.
    admin_id uuid REFERENCES conclave.admins (id),
    challenge bytea NOT NULL CHECK (octet_length(challenge) = 32),
    -- For an approval: the bytes that were shown, whose SHA-256 is the challenge.
    statement bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CHECK (purpose = 'sign-in' OR admin_id IS NOT NULL),
    CHECK ((purpose = 'approve') = (statement IS NOT NULL))
);
CREATE INDEX challenges_by_expiry ON conclave.challenges (expires_at);

-- Alerts count what happened of late.
CREATE INDEX events_by_type ON conclave.events (type, at);

-- Down Migration

DROP INDEX conclave.events_by_type;
DROP TABLE conclave.challenges, conclave.sessions, conclave.enrolments, conclave.authenticators;
ALTER TABLE conclave.admins
    ADD COLUMN token_prefix text UNIQUE,
    ADD COLUMN token_hash bytea CHECK (octet_length(token_hash) = 32);
UPDATE conclave.admins a SET (token_prefix, token_hash) = (
    SELECT prefix, hash FROM conclave.tokens t WHERE t.admin_id = a.id
     ORDER BY created_at DESC LIMIT 1);
DROP TABLE conclave.tokens;
ALTER TABLE conclave.admins DROP COLUMN kind, DROP COLUMN state, DROP COLUMN invited_by,
    DROP COLUMN confirmed_by, DROP COLUMN webauthn_id, DROP COLUMN on_call,
    DROP COLUMN invite_hash, DROP COLUMN activated_at;
