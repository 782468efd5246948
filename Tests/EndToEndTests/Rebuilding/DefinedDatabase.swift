/// What a rebuild has to get right beside `MovedDatabase`: every kind of dimension, setting, aggregate and job, and what
/// depends on them.
enum DefinedDatabase {
  /// For both editions.
  static let setup = [
    #"""
    CREATE SCHEMA chunks; CREATE SCHEMA "Odd 'schema";
    CREATE TABLE plant."Sensor ""x""" (at timestamp NOT NULL, k text NOT NULL, v numeric, note text DEFAULT 'a;b',
      CONSTRAINT vv CHECK (v > 0));
    SELECT create_hypertable('plant."Sensor ""x"""', 'at', 'k', 3, associated_schema_name => 'chunks',
      associated_table_prefix => 'sens', chunk_time_interval => interval '36 hours');
    ALTER TABLE plant."Sensor ""x""" ADD PRIMARY KEY (at, k);
    CREATE FUNCTION j_time(jsonb) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT ($1 ->> 't')::timestamptz $$;
    CREATE FUNCTION short_hash(anyelement) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT abs(hashtext($1::text)) $$;
    CREATE TABLE docs (j jsonb NOT NULL, a text);
    SELECT create_hypertable('docs', by_range('j', interval '1 day', 'j_time'));
    CREATE TABLE wide (time timestamptz NOT NULL, n bigint NOT NULL, s text, d bigint, x float8);
    SELECT create_hypertable('wide', by_range('time', interval '2 days'), create_default_indexes => false);
    SELECT add_dimension('wide', by_range('n', 1000));
    SELECT add_dimension('wide', by_hash('s', 5, 'short_hash'));
    ALTER TABLE wide ADD CONSTRAINT wide_fkey FOREIGN KEY (d) REFERENCES devices;
    CREATE INDEX wide_partial ON wide (x) WHERE x > 5;
    CREATE UNIQUE INDEX wide_u ON wide (time, n, s, d);
    CREATE TABLE dates (day date NOT NULL, v int);
    SELECT create_hypertable('dates', 'day', chunk_time_interval => interval '30 days');
    ALTER TABLE dates ENABLE ROW LEVEL SECURITY;
    CREATE POLICY all_of ON dates USING (v > 0);
    CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER own BEFORE INSERT ON dates FOR EACH ROW EXECUTE FUNCTION trg();
    CREATE FUNCTION big_now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 7::bigint';
    CREATE TABLE ticks (t bigint NOT NULL, d int, v int);
    SELECT create_hypertable('ticks', 't', chunk_time_interval => 1000000000000);
    SELECT set_integer_now_func('ticks', 'big_now');
    GRANT SELECT, UPDATE ON wide TO reader WITH GRANT OPTION;
    COMMENT ON TABLE wide IS 'w; ''x';
    CREATE SEQUENCE fresh; SELECT setval('fresh', 100, false);
    CREATE TABLE parted (a int, b text) PARTITION BY LIST (a);
    CREATE TABLE parted1 PARTITION OF parted FOR VALUES IN (1);
    INSERT INTO parted VALUES (1, 'x'); CREATE INDEX ON parted (b);
    CREATE TABLE idt (id int GENERATED ALWAYS AS IDENTITY, g int GENERATED ALWAYS AS (1 + 1) STORED);
    INSERT INTO idt SELECT FROM generate_series(1, 3);
    """#
  ]

  static let communitySetup = [
    #"""
    ALTER TABLE wide SET (timescaledb.compress, timescaledb.compress_segmentby = 's, d, n',
      timescaledb.compress_orderby = 'time ASC NULLS FIRST, x DESC NULLS LAST',
      timescaledb.compress_chunk_time_interval = '4 days');
    CREATE TABLE notes (at timestamp, k text, FOREIGN KEY (at, k) REFERENCES plant."Sensor ""x""");
    """#,
    """
    CREATE MATERIALIZED VIEW "Odd 'schema"."Cagg 1" WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT time_bucket(1000, t) AS b, d AS "D d", max(v) FROM ticks GROUP BY 1, 2 WITH NO DATA
    """,
    #"ALTER MATERIALIZED VIEW "Odd 'schema"."Cagg 1" RENAME COLUMN max TO "max; v""#,
    """
    CREATE MATERIALIZED VIEW monthly WITH (timescaledb.continuous, timescaledb.create_group_indexes = false) AS
    SELECT time_bucket('1 month', day, timezone => 'Europe/Berlin') AS m, sum(n) AS n, avg(total) FROM daily
    GROUP BY 1 HAVING sum(n) > 0 WITH NO DATA
    """,
    """
    CREATE MATERIALIZED VIEW joined WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 hour', r.time) AS h, v.name, count(*) FROM readings AS r JOIN devices AS v ON v.id = r.device
    GROUP BY 1, v.id WITH NO DATA
    """,
    """
    CREATE INDEX monthly_n ON monthly (n DESC NULLS LAST);
    ALTER MATERIALIZED VIEW monthly SET (timescaledb.compress = true);
    CREATE VIEW over_cagg AS SELECT m, n FROM monthly;
    CREATE MATERIALIZED VIEW mat_over AS SELECT * FROM over_cagg;
    CREATE INDEX mo ON mat_over (m);
    CREATE FUNCTION of_cagg() RETURNS SETOF monthly LANGUAGE sql STABLE AS 'SELECT * FROM monthly';
    GRANT SELECT ON monthly TO reader;
    COMMENT ON VIEW monthly IS 'by; month'; COMMENT ON COLUMN monthly.n IS 'n''s';
    CREATE PROCEDURE work(job_id int, config jsonb) LANGUAGE plpgsql AS $$ BEGIN END; $$;
    CREATE FUNCTION chk(config jsonb) RETURNS void LANGUAGE plpgsql AS
      $$ BEGIN IF config IS NULL THEN RAISE 'no'; END IF; END $$;
    SELECT add_job('work', interval '5 minutes', config => '{"a": {"b": [1, "two"]}, "c": null}', check_config => 'chk',
      fixed_schedule => true, initial_start => '2031-01-01 05:00Z', timezone => 'Europe/Berlin');
    SELECT alter_job(add_job('work', interval '1 month', config => '{"x": 1}', fixed_schedule => false),
      scheduled => false, max_retries => 4, max_runtime => interval '3 min', retry_period => interval '7 min');
    SELECT add_continuous_aggregate_policy('monthly', interval '8 months', interval '1 month', interval '1 day');
    SELECT add_compression_policy('monthly', interval '900 days');
    SELECT add_retention_policy('ticks', drop_after => 5000000000);
    SELECT add_continuous_aggregate_policy('"Odd ''schema"."Cagg 1"', 100000, 1000, interval '2 hours',
      initial_start => '2030-01-01Z');
    SELECT alter_job(add_reorder_policy('wide', 'wide_partial'), schedule_interval => interval '9 days');
    SELECT add_retention_policy('dates', drop_created_before => interval '1 year');
    SELECT add_compression_policy('wide', interval '60 days', schedule_interval => interval '4 hours',
      initial_start => '2030-02-01Z', timezone => 'Asia/Tokyo');
    """,
  ]

  /// What both sides answer alike where all was made from definitions, for both editions.
  static let facts = [
    """
    SELECT h.schema_name, h.table_name, nullif(h.associated_schema_name, '_timescaledb_internal'),
      CASE WHEN h.associated_table_prefix !~ '^_hyper' THEN h.associated_table_prefix END, d.column_name,
      d.column_type::text, d.num_slices, d.partitioning_func, d.interval_length, d.integer_now_func
    FROM _timescaledb_catalog.hypertable AS h JOIN _timescaledb_catalog.dimension AS d ON d.hypertable_id = h.id
    WHERE h.schema_name !~ '^_timescaledb' ORDER BY 1, 2, d.id
    """,
    "SELECT * FROM parted1", "SELECT * FROM idt ORDER BY 1", "SELECT last_value, is_called FROM fresh",
    "SELECT last_value, is_called FROM idt_id_seq", "SELECT * FROM plant.named ORDER BY 1",
  ]

  /// The same for the Community edition.
  static let communityFacts = [
    """
    SELECT h.table_name, d.compress_interval_length FROM _timescaledb_catalog.hypertable AS h
    JOIN _timescaledb_catalog.dimension AS d ON d.hypertable_id = h.id WHERE d.compress_interval_length IS NOT NULL
    """,
    """
    SELECT relid::text, segmentby, orderby, orderby_desc, orderby_nullsfirst
    FROM _timescaledb_catalog.compression_settings WHERE relid::text !~ '^_timescaledb' ORDER BY 1
    """,
    // What is read of a table may be told with or without the table's name, which depends on PostgreSQL's version.
    #"""
    SELECT a.user_view_schema, a.user_view_name, a.materialized_only, d.column_name, d.interval_length,
      d.compress_interval_length, regexp_replace(pg_get_viewdef(v.oid), '\m(ticks|readings|daily|hourly)\.', '', 'g'),
      s.segmentby, s.orderby, s.orderby_desc, pg_get_userbyid(u.relowner), pg_get_userbyid(m.relowner),
      (SELECT array_agg(x ORDER BY x) FROM pg_index AS i CROSS JOIN LATERAL regexp_replace(
         pg_get_indexdef(i.indexrelid), '_materialized_hypertable_\d+', 'M', 'g') AS x WHERE i.indrelid = m.oid),
      has_table_privilege('reader', m.oid, 'SELECT')
    FROM _timescaledb_catalog.continuous_agg AS a
    JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id
    JOIN _timescaledb_catalog.dimension AS d ON d.hypertable_id = h.id
    JOIN pg_class AS m ON m.relname = h.table_name AND m.relnamespace = h.schema_name::text::regnamespace
    JOIN pg_class AS u ON u.relname = a.user_view_name AND u.relnamespace = quote_ident(a.user_view_schema)::regnamespace
    JOIN pg_class AS v ON v.relname = a.direct_view_name AND v.relnamespace = a.direct_view_schema::text::regnamespace
    LEFT JOIN _timescaledb_catalog.compression_settings AS s ON s.relid = m.oid ORDER BY 1, 2
    """#,
  ]

  /// Whether a job is on there, or is recorded to be turned on again here.
  static func jobs(_ isOn: String) -> String {
    """
    SELECT j.proc_schema, j.proc_name, coalesce(a.user_view_name, h.table_name) AS relation, j.schedule_interval,
      j.max_runtime, j.max_retries, j.retry_period, j.fixed_schedule, j.initial_start, j.timezone,
      j.config - 'hypertable_id' - 'mat_hypertable_id' AS config, j.check_name, j.owner::text, \(isOn)
    FROM _timescaledb_config.bgw_job AS j
    LEFT JOIN _timescaledb_catalog.hypertable AS h ON h.id = j.hypertable_id
    LEFT JOIN _timescaledb_catalog.continuous_agg AS a ON a.mat_hypertable_id = h.id
    WHERE j.id >= 1000 ORDER BY 1, 2, 3, config::text
    """
  }
}
