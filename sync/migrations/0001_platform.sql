-- Up Migration

-- What this installation is. One row: a database belongs to one mode and one audience for ever.
CREATE TABLE conclave.settings (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mode text NOT NULL CHECK (mode IN ('production', 'rehearsal')),
    -- Names this installation in every ticket, package and bundle: 32 hex digits.
    audience text NOT NULL CHECK (audience ~ '^[0-9a-f]{32}$'),
    -- Trust epoch. The same number is in Vault (conclave/trust); if they differ, sync only answers status.
    epoch integer NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The highest time this database ever showed. Decisions use greatest(highest, clock_timestamp()),
-- so a clock set back shortens no delay and revives no expired package.
CREATE TABLE conclave.clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    highest timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO conclave.clock DEFAULT VALUES;

-- The people who run sync. Each is one person of CheckTick, whose columns name approvers by id.
CREATE TABLE conclave.admins (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    user_id integer NOT NULL REFERENCES public.auth_user (id),
    roles text[] NOT NULL CHECK (
        cardinality(roles) > 0 AND roles <@ ARRAY['operator', 'approver', 'auditor']
    ),
    -- The first part of the bearer token, to find the row. Not a secret.
    token_prefix text NOT NULL UNIQUE,
    -- SHA-256 of the secret part (32 random bytes, so no salt and no slow hash is needed).
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    disabled_at timestamptz
);
-- One active admin per person and per name: nobody can be two approvers.
CREATE UNIQUE INDEX admins_active_user ON conclave.admins (user_id) WHERE disabled_at IS NULL;
CREATE UNIQUE INDEX admins_active_name ON conclave.admins (lower(name)) WHERE disabled_at IS NULL;

-- Every signed document that sync received or made, as the bytes that were signed.
CREATE TABLE conclave.documents (
    -- SHA-256 of the DSSE payload.
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    type text NOT NULL CHECK (type IN (
        'descriptor', 'roster', 'manifest', 'transcript', 'ticket', 'package', 'bundle', 'receipt'
    )),
    -- The whole envelope with its signatures.
    content bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX documents_by_type ON conclave.documents (type, sequence);

-- One row per package handed out. Its nonce can be spent once.
CREATE TABLE conclave.packages (
    nonce bytea PRIMARY KEY CHECK (octet_length(nonce) BETWEEN 16 AND 32),
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'requested' CHECK (state IN (
        'requested', 'released', 'spent', 'expired', 'withdrawn'
    )),
    -- The platform key version concerned. An open intent blocks other packages of it.
    key_version text NOT NULL CHECK (length(key_version) BETWEEN 1 AND 20),
    -- CheckTick's recovery request, for kind recover.
    request_id uuid,
    ticket_digest bytea REFERENCES conclave.documents (digest),
    document_digest bytea UNIQUE REFERENCES conclave.documents (digest),
    -- Where in Vault the private half of the one-time recipient key lies until the final receipt.
    recipient_key_path text,
    requested_by uuid NOT NULL REFERENCES conclave.admins (id),
    created_at timestamptz NOT NULL,
    released_at timestamptz,
    expires_at timestamptz NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX packages_by_request ON conclave.packages (request_id);

-- One row per bundle, keyed by its digest; the nonce can be held by one bundle only, and a row
-- here burns it. So nothing gets a row before its signatures have been verified: else anybody could
-- burn a nonce with a forgery.
CREATE TABLE conclave.bundles (
    digest bytea PRIMARY KEY REFERENCES conclave.documents (digest),
    nonce bytea NOT NULL UNIQUE REFERENCES conclave.packages (nonce),
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN (
        'verified', 'waiting', 'committing', 'committed', 'refused', 'expired', 'objected'
    )),
    imported_by uuid NOT NULL REFERENCES conclave.admins (id),
    -- The delay ends here; re-checked under the row lock at commit.
    not_before timestamptz,
    -- Why it was refused, or who objected.
    reason text NOT NULL DEFAULT '',
    facts jsonb NOT NULL DEFAULT '{}',
    received_at timestamptz NOT NULL,
    approved_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX bundles_open ON conclave.bundles (state) WHERE finished_at IS NULL;

-- Who approved what. `subject` is the digest of exactly what was shown.
CREATE TABLE conclave.approvals (
    subject bytea NOT NULL CHECK (octet_length(subject) = 32),
    kind text NOT NULL,
    admin_id uuid NOT NULL REFERENCES conclave.admins (id),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    at timestamptz NOT NULL,
    PRIMARY KEY (subject, kind, admin_id)
);

-- A commit writes down each step before it takes it, in a transaction of its own: after a crash
-- the rows say where to go on. An open row blocks other packages and bundles of that version.
CREATE TABLE conclave.intents (
    bundle_digest bytea NOT NULL REFERENCES conclave.bundles (digest),
    step text NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (bundle_digest, step)
);
CREATE INDEX intents_open ON conclave.intents (bundle_digest) WHERE finished_at IS NULL;

-- Receipts are one hash chain: each names the one before it. One final receipt per nonce, positive
-- or negative; a package that expired without a bundle has a receipt without one.
CREATE TABLE conclave.receipts (
    sequence bigint PRIMARY KEY CHECK (sequence >= 1),
    digest bytea NOT NULL UNIQUE REFERENCES conclave.documents (digest),
    previous_digest bytea UNIQUE REFERENCES conclave.receipts (digest),
    nonce bytea NOT NULL UNIQUE REFERENCES conclave.packages (nonce),
    bundle_digest bytea UNIQUE REFERENCES conclave.bundles (digest),
    created_at timestamptz NOT NULL,
    CHECK ((sequence = 1) = (previous_digest IS NULL))
);

-- What happened in sync, for the auditor. Never a secret.
CREATE TABLE conclave.events (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    admin_id uuid REFERENCES conclave.admins (id),
    type text NOT NULL,
    subject bytea,
    facts jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_by_subject ON conclave.events (subject);

-- The rehearsal store: stands where Vault's KV version 2 stands. Empty in production.
CREATE TABLE conclave.rehearsal_kv (
    path text PRIMARY KEY,
    current_version integer NOT NULL CHECK (current_version >= 1)
);
CREATE TABLE conclave.rehearsal_kv_versions (
    path text NOT NULL REFERENCES conclave.rehearsal_kv (path) ON DELETE CASCADE,
    version integer NOT NULL CHECK (version >= 1),
    -- NULL once destroyed.
    data jsonb,
    PRIMARY KEY (path, version)
);

-- What is written once stays: documents, receipts, approvals and events are never changed.
CREATE FUNCTION conclave.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of conclave.% are never changed or deleted', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER documents_stay BEFORE UPDATE OR DELETE ON conclave.documents
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();
CREATE TRIGGER receipts_stay BEFORE UPDATE OR DELETE ON conclave.receipts
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();
CREATE TRIGGER approvals_stay BEFORE UPDATE OR DELETE ON conclave.approvals
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON conclave.events
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

-- The clock never moves back, whoever writes it; the settings keep their mode and audience.
CREATE FUNCTION conclave.keep_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.highest < OLD.highest THEN
        RAISE EXCEPTION 'the clock of conclave never moves back';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER clock_forward BEFORE UPDATE ON conclave.clock
    FOR EACH ROW EXECUTE FUNCTION conclave.keep_forward();
CREATE FUNCTION conclave.keep_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.mode <> OLD.mode OR NEW.audience <> OLD.audience OR NEW.epoch < OLD.epoch THEN
        RAISE EXCEPTION 'mode and audience are fixed, and the epoch never falls';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER settings_stay BEFORE UPDATE ON conclave.settings
    FOR EACH ROW EXECUTE FUNCTION conclave.keep_settings();

-- Down Migration

DROP SCHEMA conclave CASCADE;
