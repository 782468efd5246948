/// A database with something of everything that a schema has.
enum MovedDatabase {
  /// Of the administrator: roles with memberships, passwords and settings, and the database's own.
  static let administration = #"""
    SET standard_conforming_strings = on;
    CREATE ROLE reader;
    CREATE ROLE "Ana;lyst" LOGIN PASSWORD 'it''s; -- NOSUPERUSER' IN ROLE reader;
    CREATE ROLE keeper SUPERUSER REPLICATION CREATEDB LOGIN;
    GRANT reader TO app WITH ADMIN OPTION;
    ALTER ROLE app SET statement_timeout TO '1h';
    COMMENT ON ROLE reader IS E'reads;\nnot \'writes\'';
    ALTER DATABASE metrics SET default_statistics_target = 150;
    ALTER ROLE app IN DATABASE metrics SET work_mem TO '7MB';
    GRANT CONNECT ON DATABASE metrics TO reader;
    COMMENT ON DATABASE metrics IS 'what ''was'' measured; ALTER DATABASE x';
    """#

  /// Each is run by itself: an aggregate is not created in a transaction.
  static let setup = [
    """
    CREATE EXTENSION btree_gist;
    CREATE SCHEMA plant;
    CREATE TYPE plant.state AS ENUM ('on', 'off');
    CREATE TABLE devices (id bigserial PRIMARY KEY, name text NOT NULL, state plant.state);
    INSERT INTO devices (name, state) SELECT 'device ' || n, 'on' FROM generate_series(1, 5) AS n;
    CREATE TABLE plant.rooms (id int PRIMARY KEY, device bigint REFERENCES devices, EXCLUDE USING gist (id WITH =));
    INSERT INTO plant.rooms VALUES (1, 2), (2, NULL);
    CREATE SEQUENCE countdown INCREMENT BY -1;
    SELECT nextval('countdown') FROM generate_series(1, 3);
    CREATE FUNCTION plant.twice(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 2 * n; -- ; $$';
    CREATE FUNCTION integer_now() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1000000';
    CREATE PROCEDURE plant.tidy(job_id int, config jsonb) LANGUAGE plpgsql AS $$ BEGIN END; $$;

    CREATE TABLE readings (time timestamptz NOT NULL, device bigint NOT NULL, value float8);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    CREATE INDEX ON readings (device, time DESC);
    INSERT INTO readings
    SELECT t, d, extract(epoch FROM t) / 600 % 101 + d
    FROM generate_series('2025-12-20Z'::timestamptz, '2026-01-01 12:20Z', '10 minutes') AS t,
      generate_series(1, 3) AS d;
    CREATE TABLE plant.spread (time timestamptz NOT NULL, place text NOT NULL, value float8);
    SELECT create_hypertable('plant.spread', 'time', 'place', 2, chunk_time_interval => interval '4 days');
    INSERT INTO plant.spread
    SELECT t, 'place ' || d, d FROM generate_series('2025-12-20Z'::timestamptz, '2025-12-31Z', '1 hour') AS t,
      generate_series(1, 3) AS d;
    CREATE TABLE events (position int NOT NULL, kind text);
    SELECT create_hypertable('events', 'position', chunk_time_interval => 100000);
    SELECT set_integer_now_func('events', 'integer_now');
    INSERT INTO events SELECT n, 'kind ' || n % 7 FROM generate_series(0, 499500, 500) AS n;
    CREATE VIEW plant.last_values AS SELECT device, max(time) AS time FROM readings GROUP BY device;
    CREATE MATERIALIZED VIEW plant.named AS SELECT id, name FROM devices;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
    COMMENT ON TABLE devices IS 'all; of ''them''';
    """
  ]

  /// For TimescaleDB's Community edition.
  static let communitySetup = [
    """
    ALTER TABLE plant.spread SET (timescaledb.compress, timescaledb.compress_segmentby = 'place');
    SELECT compress_chunk(c) FROM show_chunks('plant.spread', older_than => '2025-12-28Z'::timestamptz) AS c;
    """,
    """
    CREATE MATERIALIZED VIEW hourly WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 hour', time) AS hour, device, count(*) AS n, sum(value) AS total FROM readings
    GROUP BY 1, 2 WITH NO DATA
    """,
    """
    CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 day', hour) AS day, device, sum(n) AS n, sum(total) AS total FROM hourly
    GROUP BY 1, 2 WITH NO DATA
    """,
    "CALL refresh_continuous_aggregate('hourly', NULL, '2026-01-01 10:00Z')",
    "CALL refresh_continuous_aggregate('daily', NULL, '2026-01-01 00:00Z')",
    """
    SELECT add_compression_policy('plant.spread', interval '7 days');
    SELECT add_retention_policy('readings', interval '20 years');
    SELECT add_continuous_aggregate_policy('hourly', interval '3 days', interval '1 hour', interval '1 hour');
    SELECT add_continuous_aggregate_policy('daily', interval '7 days', interval '1 day', interval '1 hour');
    SELECT add_job('plant.tidy', '1 day', config => '{"keep": 5}');
    """,
  ]

  /// What both sides have alike as soon as the schema is there.
  static let definitions = [
    "SELECT * FROM devices ORDER BY 1", "SELECT * FROM plant.rooms ORDER BY 1",
    "SELECT * FROM plant.named ORDER BY 1",
    "SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1, 2",
    "SELECT hypertable_schema, hypertable_name, num_dimensions, num_chunks FROM timescaledb_information.hypertables ORDER BY 1, 2",
    "SELECT extname, extversion, extnamespace::regnamespace FROM pg_extension ORDER BY 1",
    """
    SELECT datcollate, datctype, encoding, pg_get_userbyid(datdba), shobj_description(oid, 'pg_database')
    FROM pg_database WHERE datname = 'metrics'
    """,
    """
    SELECT a FROM pg_database, unnest(datacl::text[]) AS a WHERE datname = 'metrics' ORDER BY 1
    """,
    """
    SELECT setrole::regrole::text, setting FROM pg_db_role_setting, unnest(setconfig) AS setting
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = 'metrics')) ORDER BY 1, 2
    """,
    """
    SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolpassword,
      shobj_description(oid, 'pg_authid')
    FROM pg_authid WHERE rolname !~ '^pg_' AND rolname <> 'postgres' ORDER BY 1
    """,
    """
    SELECT roleid::regrole::text, member::regrole::text, admin_option FROM pg_auth_members
    WHERE roleid >= 16384 ORDER BY 1, 2
    """,
  ]

  /// What the application does on the source alone, after the schema went over.
  static let laterWrites = """
    INSERT INTO devices (name, state) VALUES ('a new one', 'off'), ('another', NULL);
    UPDATE devices SET name = 'renamed' WHERE id = 2;
    DELETE FROM devices WHERE id = 3;
    INSERT INTO plant.rooms VALUES (3, 6);
    SELECT nextval('countdown') FROM generate_series(1, 2);
    """

  static let positions = """
    SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1
    """

  /// Everything that has to be alike at the end, for the Community edition.
  static let contents = [
    "SELECT * FROM readings ORDER BY 1, 2", "SELECT * FROM plant.spread ORDER BY 1, 2",
    "SELECT * FROM events ORDER BY 1", "SELECT * FROM hourly ORDER BY 1, 2",
    "SELECT * FROM daily ORDER BY 1, 2",
    "SELECT count(*) FROM timescaledb_information.chunks WHERE is_compressed",
    """
    SELECT id, scheduled, application_name, schedule_interval, max_runtime, max_retries, retry_period, fixed_schedule,
      initial_start, timezone, config, owner::text
    FROM _timescaledb_config.bgw_job WHERE id >= 1000 ORDER BY id
    """,
  ]
}
