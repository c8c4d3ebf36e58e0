-- Up Migration

-- What needs a person's eye. A condition is one row from when it was first seen to when it was gone.
CREATE TABLE conclave.alerts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Of the closed table in sync/alerts/kinds.ts.
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    -- What it is about, such as "request ABC-123-XYZ"; empty where there is one of a kind.
    subject text NOT NULL CHECK (length(subject) <= 200),
    opened_at timestamptz NOT NULL,
    -- When those on call were told last.
    told_at timestamptz,
    closed_at timestamptz
);
-- Of replicas that see the same at once, one writes it down and tells it.
CREATE UNIQUE INDEX alerts_open ON conclave.alerts (kind, subject) WHERE closed_at IS NULL;

-- Down Migration

DROP TABLE conclave.alerts;
