-- The rights of sync's database account: what it needs of CheckTick's tables, and nothing else.
--
-- Run by the owner of the database after "conclave-sync db migrate":
--   conclave-sync db grants --role conclave_sync | psql --set ON_ERROR_STOP=1 CHECKTICK
-- It can be run again at any time. It makes the role if there is none (without a password; give it
-- one, or a certificate, yourself). Sync never runs migrations under this account.

BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'conclave_sync') THEN
        CREATE ROLE conclave_sync LOGIN;
    END IF;
END;
$$;

-- CheckTick: people, to know whom an admin or a request means. Never their password hashes.
GRANT USAGE ON SCHEMA public TO conclave_sync;
GRANT SELECT (id, username, first_name, last_name, email, is_active) ON public.auth_user TO conclave_sync;

-- CheckTick: which of its migrations were run, for "conclave-sync check".
DO $$
BEGIN
    IF to_regclass('public.django_migrations') IS NOT NULL THEN
        GRANT SELECT ON public.django_migrations TO conclave_sync;
    END IF;
END;
$$;

-- CheckTick: surveys. Sync writes the columns that hold the wrapped survey key, and no other.
GRANT SELECT ON public.surveys_survey TO conclave_sync;
DO $$
DECLARE
    name text;
BEGIN
    -- Which of these columns exist depends on the version of CheckTick.
    FOR name IN
        SELECT column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = 'surveys_survey'
           AND column_name IN ('encrypted_kek_password', 'encrypted_kek_recovery', 'recovery_code_hint')
    LOOP
        EXECUTE format('GRANT UPDATE (%I) ON public.surveys_survey TO conclave_sync', name);
    END LOOP;
END;
$$;

-- CheckTick: key versions. Rows are added and moved on, never deleted.
GRANT SELECT, INSERT ON public.surveys_platformkeyversion TO conclave_sync;
GRANT UPDATE (vault_component, activated_at, retired_at, shares_last_rotated)
    ON public.surveys_platformkeyversion TO conclave_sync;

-- CheckTick: escrows. Rows are added; of those that are there only the counters are written, and the
-- key version of a survey key that moved to another one.
GRANT SELECT, INSERT ON public.surveys_usersurveykekescrow TO conclave_sync;
GRANT UPDATE (platform_key_version_id, recovered_count, last_recovered_at, last_recovered_by_id)
    ON public.surveys_usersurveykekescrow TO conclave_sync;

-- CheckTick: organisations, to know whether one has this number; and where its table says so, their
-- names and owners.
GRANT SELECT (id) ON public.surveys_organization TO conclave_sync;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = 'surveys_organization'
           AND column_name IN ('name', 'owner_id')
    LOOP
        EXECUTE format('GRANT SELECT (%I) ON public.surveys_organization TO conclave_sync', name);
    END LOOP;
END;
$$;

-- CheckTick: recovery requests, and the evidence of who was checked.
GRANT SELECT, INSERT, UPDATE ON public.surveys_recoveryrequest TO conclave_sync;
GRANT SELECT ON public.surveys_identityverification TO conclave_sync;

-- CheckTick: audit rows are added and read, never changed.
GRANT SELECT, INSERT ON public.surveys_recoveryauditentry, public.surveys_auditlog TO conclave_sync;

-- Sync's own schema.
GRANT USAGE ON SCHEMA conclave TO conclave_sync;
GRANT SELECT ON ALL TABLES IN SCHEMA conclave TO conclave_sync;
GRANT INSERT ON conclave.admins, conclave.documents, conclave.packages, conclave.bundles,
    conclave.approvals, conclave.intents, conclave.receipts, conclave.events,
    conclave.requests, conclave.verifications, conclave.stated_emails,
    conclave.claims, conclave.escrows, conclave.escrow_proofs, conclave.drill_results,
    conclave.full_drills, conclave.moves, conclave.move_files, conclave.moved_escrows TO conclave_sync;
GRANT UPDATE (kind, digest, outcome, reason) ON conclave.moves TO conclave_sync;
GRANT DELETE ON conclave.move_files TO conclave_sync;
GRANT UPDATE ON conclave.packages, conclave.bundles, conclave.intents TO conclave_sync;
GRANT UPDATE (state, ended_at, destroyed, code_hash, code_by, code_at, wrong_codes) ON conclave.claims TO conclave_sync;
GRANT INSERT ON conclave.outbox, conclave.links, conclave.bundle_people TO conclave_sync;
GRANT UPDATE (body, state, attempts, next_at, last_error, sent_at) ON conclave.outbox TO conclave_sync;
GRANT UPDATE (used_at, outcome) ON conclave.links TO conclave_sync;
GRANT INSERT ON conclave.alerts TO conclave_sync;
GRANT UPDATE (told_at, closed_at) ON conclave.alerts TO conclave_sync;
GRANT INSERT ON conclave.tokens, conclave.authenticators, conclave.enrolments, conclave.sessions,
    conclave.challenges TO conclave_sync;
GRANT UPDATE (state, confirmed_by, invite_hash, on_call, activated_at, disabled_at) ON conclave.admins
    TO conclave_sync;
GRANT UPDATE (revoked_at) ON conclave.tokens TO conclave_sync;
GRANT UPDATE (counter, last_used_at, revoked_at) ON conclave.authenticators TO conclave_sync;
GRANT UPDATE (used_at) ON conclave.enrolments, conclave.challenges TO conclave_sync;
GRANT UPDATE (last_seen_at, ended_at) ON conclave.sessions TO conclave_sync;
GRANT DELETE ON conclave.sessions, conclave.challenges TO conclave_sync;
GRANT UPDATE (epoch) ON conclave.settings TO conclave_sync;
GRANT UPDATE (highest) ON conclave.clock TO conclave_sync;

-- Only a rehearsal keeps anything in the rehearsal store.
DO $$
BEGIN
    IF (SELECT mode FROM conclave.settings) = 'rehearsal' THEN
        GRANT INSERT, UPDATE, DELETE ON conclave.rehearsal_kv, conclave.rehearsal_kv_versions
            TO conclave_sync;
    END IF;
END;
$$;

COMMIT;
