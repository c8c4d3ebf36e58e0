-- Up Migration

-- How the user of a recovered survey gets in again. "passphrase": an admin hands the one-time
-- passphrase over. "link": he sets his own password, with the link that was mailed and a code.
ALTER TABLE conclave.claims
    ADD COLUMN way text NOT NULL DEFAULT 'passphrase' CHECK (way IN ('passphrase', 'link')),
    -- Where links go; fixed at the commit, so that nobody can turn a claim to another mailbox.
    ADD COLUMN address text NOT NULL DEFAULT '',
    -- HMAC-SHA256 of the newest code, under the words that only Vault has.
    ADD COLUMN code_hash bytea CHECK (octet_length(code_hash) = 32),
    ADD COLUMN code_by uuid REFERENCES conclave.admins (id),
    ADD COLUMN code_at timestamptz,
    -- How often something else than the newest code was typed.
    ADD COLUMN wrong_codes integer NOT NULL DEFAULT 0 CHECK (wrong_codes BETWEEN 0 AND 5),
    ADD CHECK (way = 'passphrase' OR address <> ''),
    DROP CONSTRAINT claims_state_check,
    ADD CONSTRAINT claims_state_check
        CHECK (state IN ('held', 'acknowledged', 'claimed', 'ended', 'expired'));

ALTER TABLE conclave.links
    DROP CONSTRAINT links_purpose_check,
    ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('object', 'claim'));
CREATE INDEX links_claim ON conclave.links (bundle_digest) WHERE purpose = 'claim';

-- Down Migration

DROP INDEX conclave.links_claim;
DELETE FROM conclave.links WHERE purpose = 'claim';
ALTER TABLE conclave.links
    DROP CONSTRAINT links_purpose_check,
    ADD CONSTRAINT links_purpose_check CHECK (purpose IN ('object'));
UPDATE conclave.claims SET state = 'acknowledged' WHERE state IN ('claimed', 'ended');
ALTER TABLE conclave.claims
    DROP CONSTRAINT claims_state_check,
    ADD CONSTRAINT claims_state_check CHECK (state IN ('held', 'acknowledged', 'expired')),
    DROP COLUMN wrong_codes, DROP COLUMN code_at, DROP COLUMN code_by, DROP COLUMN code_hash,
    DROP COLUMN way, DROP COLUMN address;
