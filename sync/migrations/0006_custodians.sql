-- Up Migration

-- Whom the steps of a bundle that changes trust or components are told: the custodians and
-- witnesses of the roster in force and of the roster that it brings. Fixed when it is taken in.
CREATE TABLE conclave.bundle_people (
    bundle_digest bytea NOT NULL REFERENCES conclave.bundles (digest),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    -- As the roster says: custodian, witness. Others may be added by the kind of the bundle.
    role text NOT NULL CHECK (length(role) BETWEEN 1 AND 40),
    -- Empty: none is known, so somebody has to call.
    address text NOT NULL CHECK (length(address) <= 254),
    PRIMARY KEY (bundle_digest, role, name, address)
);
CREATE TRIGGER bundle_people_stay BEFORE UPDATE OR DELETE ON conclave.bundle_people
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

ALTER TABLE conclave.outbox
    ADD COLUMN bundle_digest bytea REFERENCES conclave.bundles (digest),
    -- Whom it is to, by name: for the history, which shows no addresses.
    ADD COLUMN person text NOT NULL DEFAULT '';
CREATE INDEX outbox_by_bundle ON conclave.outbox (bundle_digest) WHERE bundle_digest IS NOT NULL;

ALTER TABLE conclave.links
    -- Who objects when it is used, as `custodian 1 (custodian)`.
    ADD COLUMN person text NOT NULL DEFAULT '';

-- Down Migration

ALTER TABLE conclave.links DROP COLUMN person;
ALTER TABLE conclave.outbox DROP COLUMN person, DROP COLUMN bundle_digest;
DROP TABLE conclave.bundle_people;
