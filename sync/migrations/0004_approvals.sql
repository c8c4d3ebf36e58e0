-- Up Migration

-- An approval is the statement that was shown and the proof that this approver signed exactly it.
ALTER TABLE conclave.approvals
    -- Canonical JSON (shared/bundle/approval.ts).
    ADD COLUMN statement bytea,
    -- {kind: identity, signature} or {kind: passkey, response}.
    ADD COLUMN proof jsonb,
    -- The key that proves it.
    ADD COLUMN authenticator_id bytea REFERENCES conclave.authenticators (id);
-- NOT VALID: what was approved before by a token alone stays on record, and does not count.
ALTER TABLE conclave.approvals ADD CONSTRAINT approvals_proved CHECK (
    statement IS NOT NULL AND proof IS NOT NULL AND authenticator_id IS NOT NULL
) NOT VALID;

-- How the person who asks for a recovery was checked: a photo id, and a video call or questions.
-- One row per check; requests that CheckTick made itself get theirs when sync takes them up.
CREATE TABLE conclave.verifications (
    -- surveys_recoveryrequest.id
    request_id uuid NOT NULL,
    check_kind text NOT NULL CHECK (check_kind IN ('photo-id', 'video', 'questions')),
    -- Where the evidence lies: a file number, a call's number.
    reference text NOT NULL CHECK (length(reference) BETWEEN 1 AND 200),
    verified_by uuid NOT NULL REFERENCES conclave.admins (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (request_id, check_kind)
);
CREATE TRIGGER verifications_stay BEFORE UPDATE OR DELETE ON conclave.verifications
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

-- It was one text; what is open must be verified again.
ALTER TABLE conclave.requests DROP COLUMN verified;

-- Down Migration

ALTER TABLE conclave.requests ADD COLUMN verified text NOT NULL DEFAULT 'not known';
DROP TABLE conclave.verifications;
ALTER TABLE conclave.approvals DROP COLUMN statement, DROP COLUMN proof,
    DROP COLUMN authenticator_id;
