-- Up Migration

-- The audit list reads three tables from the newest row down, and goes on where a page ended.
CREATE INDEX events_by_time ON conclave.events (at, sequence);
CREATE INDEX events_by_admin ON conclave.events (admin_id, at);
CREATE INDEX approvals_by_time ON conclave.approvals (at);
CREATE INDEX outbox_by_time ON conclave.outbox (created_at, id);

-- Down Migration

DROP INDEX conclave.outbox_by_time;
DROP INDEX conclave.approvals_by_time;
DROP INDEX conclave.events_by_admin;
DROP INDEX conclave.events_by_time;
