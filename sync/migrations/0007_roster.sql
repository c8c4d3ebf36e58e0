-- Up Migration

-- When all keys of all admins are lost, the console makes the package and takes the bundle in:
-- then nobody asked for it and nobody imported it.
ALTER TABLE conclave.packages ALTER COLUMN requested_by DROP NOT NULL;
ALTER TABLE conclave.bundles ALTER COLUMN imported_by DROP NOT NULL;

-- Down Migration

ALTER TABLE conclave.bundles ALTER COLUMN imported_by SET NOT NULL;
ALTER TABLE conclave.packages ALTER COLUMN requested_by SET NOT NULL;
