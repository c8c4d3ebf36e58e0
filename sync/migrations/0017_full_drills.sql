-- Up Migration

-- What came of each full drill that was committed: whether the shares and the vault component opened
-- the test escrow, whose key then signed the bundle. Times are the laptop's word.
CREATE TABLE conclave.full_drills (
    bundle_digest bytea PRIMARY KEY REFERENCES conclave.bundles (digest),
    manifest_digest bytea NOT NULL REFERENCES conclave.documents (digest),
    result text NOT NULL CHECK (result IN ('opened', 'too-few', 'not-restored', 'not-opened')),
    -- Milliseconds from the first share to the platform key.
    restore_ms bigint CHECK (restore_ms >= 0),
    -- Milliseconds from the ceremony's beginning to its bundle.
    whole_ms bigint NOT NULL CHECK (whole_ms >= 0),
    received_at timestamptz NOT NULL,
    CHECK ((result = 'opened') = (restore_ms IS NOT NULL))
);
CREATE INDEX full_drills_by_set ON conclave.full_drills (manifest_digest, received_at);

CREATE TRIGGER full_drills_stay BEFORE UPDATE OR DELETE ON conclave.full_drills
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

-- Down Migration

DROP TABLE conclave.full_drills;
