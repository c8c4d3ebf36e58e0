-- Up Migration

-- Stores survey keys for recovery, and does nothing else: for CheckTick itself.
ALTER TABLE conclave.admins DROP CONSTRAINT admins_roles_check;
ALTER TABLE conclave.admins ADD CONSTRAINT admins_roles_check CHECK (
    cardinality(roles) > 0 AND roles <@ ARRAY['operator', 'approver', 'auditor', 'escrower']
);

-- Survey keys that sync has stored, one for a user and a survey. Their rows in CheckTick's table
-- and their bytes in Vault are what counts; this says what was stored there and on which occasion.
-- No reference to CheckTick's tables: a survey that CheckTick deletes takes nothing of this along.
CREATE TABLE conclave.escrows (
    user_id integer NOT NULL,
    survey_id bigint NOT NULL,
    key_version text NOT NULL CHECK (length(key_version) BETWEEN 1 AND 20),
    -- SHA-256 of the sealed escrow.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    -- What CheckTick called the unlocking of the survey in which it had the key. The same key from
    -- another one is the verification.
    unlock text NOT NULL CHECK (length(unlock) BETWEEN 16 AND 64),
    stored_by uuid NOT NULL REFERENCES conclave.admins (id),
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, survey_id)
);

-- Stored survey keys, of either kind, that are known to be the right ones: docs/decisions/0026.
CREATE TABLE conclave.escrow_proofs (
    user_id integer NOT NULL,
    survey_id bigint NOT NULL,
    -- SHA-256 of the bytes whose hex is in Vault's field encrypted_kek. Other bytes are unproved.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    -- sealed-again: who has the key sealed it again, to the same bytes. opened: on a laptop.
    way text NOT NULL CHECK (way IN ('sealed-again', 'opened')),
    -- Who brought the key, or the bundle that says that it opened.
    admin_id uuid REFERENCES conclave.admins (id),
    bundle_digest bytea REFERENCES conclave.bundles (digest),
    proved_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, survey_id, digest),
    CHECK ((way = 'opened') = (bundle_digest IS NOT NULL)),
    CHECK ((way = 'sealed-again') = (admin_id IS NOT NULL))
);

CREATE TRIGGER escrows_stay BEFORE UPDATE OR DELETE ON conclave.escrows
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();
CREATE TRIGGER escrow_proofs_stay BEFORE UPDATE OR DELETE ON conclave.escrow_proofs
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

-- Down Migration

DROP TABLE conclave.escrow_proofs;
DROP TABLE conclave.escrows;
ALTER TABLE conclave.admins DROP CONSTRAINT admins_roles_check;
ALTER TABLE conclave.admins ADD CONSTRAINT admins_roles_check CHECK (
    cardinality(roles) > 0 AND roles <@ ARRAY['operator', 'approver', 'auditor']
);
