-- Up Migration

-- The e-mail address that the person gave at the identity check, to be compared on the laptop with
-- the one that the escrow keeps. One per request, for as long as the request is evidence.
CREATE TABLE conclave.stated_emails (
    -- surveys_recoveryrequest.id
    request_id uuid PRIMARY KEY,
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    recorded_by uuid NOT NULL REFERENCES conclave.admins (id),
    at timestamptz NOT NULL
);
CREATE TRIGGER stated_emails_stay BEFORE UPDATE OR DELETE ON conclave.stated_emails
    FOR EACH ROW EXECUTE FUNCTION conclave.refuse_change();

-- Down Migration

DROP TABLE conclave.stated_emails;
