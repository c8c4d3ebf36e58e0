-- Up Migration

-- Survey keys of a package that moves them to another key version: docs/decisions/0035.
CREATE TABLE conclave.moves (
    nonce bytea NOT NULL REFERENCES conclave.packages (nonce),
    user_id integer NOT NULL,
    survey_id bigint NOT NULL,
    -- Which file it is in, from 0 on, and which place there.
    file integer NOT NULL CHECK (file BETWEEN 0 AND 999),
    place integer NOT NULL CHECK (place BETWEEN 0 AND 499),
    -- Of what Vault held when the file was made. Null: not made yet.
    kind text CHECK (kind IN ('checktick', 'sealed')),
    -- SHA-256 of its bytes; null: nothing there could be read.
    digest bytea CHECK (octet_length(digest) = 32),
    -- stays: the laptop says so. left: Vault or CheckTick's table held something else at the commit.
    outcome text CHECK (outcome IN ('moved', 'stays', 'left')),
    reason text CHECK ((reason IS NOT NULL) = (outcome IN ('stays', 'left'))),
    PRIMARY KEY (nonce, user_id, survey_id),
    UNIQUE (nonce, file, place)
);

-- The files, out (move) and back (moved), until the package has ended. Sealed to its ticket, and to
-- its one-time key.
CREATE TABLE conclave.move_files (
    nonce bytea NOT NULL REFERENCES conclave.packages (nonce),
    way text NOT NULL CHECK (way IN ('move', 'moved')),
    file integer NOT NULL CHECK (file BETWEEN 0 AND 999),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    content bytea NOT NULL,
    PRIMARY KEY (nonce, way, file)
);

-- Survey keys that were moved: sync's own rows of them, from then on. conclave.escrows keeps the
-- rows of those that were stored through it.
CREATE TABLE conclave.moved_escrows (
    user_id integer NOT NULL,
    survey_id bigint NOT NULL,
    key_version text NOT NULL CHECK (length(key_version) BETWEEN 1 AND 20),
    -- SHA-256 of the sealed escrow.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    bundle_digest bytea NOT NULL REFERENCES conclave.bundles (digest),
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, survey_id, bundle_digest)
);
CREATE TRIGGER moved_escrows_stay BEFORE UPDATE OR DELETE ON conclave.moved_escrows
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

-- All rows of a survey key; the newest counts.
CREATE VIEW conclave.escrow_history AS
    SELECT user_id, survey_id, key_version, digest, stored_at AS at FROM conclave.escrows
    UNION ALL
    SELECT user_id, survey_id, key_version, digest, moved_at FROM conclave.moved_escrows;

-- Down Migration

DROP VIEW conclave.escrow_history;
DROP TABLE conclave.moved_escrows;
DROP TABLE conclave.move_files;
DROP TABLE conclave.moves;
