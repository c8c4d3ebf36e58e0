-- Up Migration

-- What came of each share in the drills that were committed. A share that its own key signed for is
-- proved; the other results, and the medium, are the laptop's word, for which an operator signed.
CREATE TABLE conclave.drill_results (
    bundle_digest bytea NOT NULL REFERENCES conclave.bundles (digest),
    share_index integer NOT NULL CHECK (share_index BETWEEN 1 AND 16),
    -- The share set, by its manifest: its next generation is another one.
    manifest_digest bytea NOT NULL REFERENCES conclave.documents (digest),
    result text NOT NULL CHECK (result IN ('proved', 'absent', 'unreadable', 'wrong')),
    medium text CHECK (medium IN ('paper', 'usb', 'yubikey-otp', 'yubikey-fido2')),
    -- When the bundle was taken in. Its nonce was thirty days old then at most.
    received_at timestamptz NOT NULL,
    PRIMARY KEY (bundle_digest, share_index),
    CHECK ((result = 'proved') = (medium IS NOT NULL))
);
CREATE INDEX drill_results_by_share
    ON conclave.drill_results (manifest_digest, share_index, received_at);

CREATE TRIGGER drill_results_stay BEFORE UPDATE OR DELETE ON conclave.drill_results
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

-- Down Migration

DROP TABLE conclave.drill_results;
