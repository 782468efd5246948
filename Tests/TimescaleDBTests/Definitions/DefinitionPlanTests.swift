import Postgres
import TestConnections
import Testing

@testable import TimescaleDB

@Suite("Statements that make definitions anew") struct DefinitionPlanTests {
  static let day: Int64 = 86_400_000_000
  static let readings = QualifiedName("public", "readings")
  static let time = DefinedDimension(column: Identifier("time"), interval: 7 * day)

  static func hypertable(
    _ dimensions: [DefinedDimension], _ change: (inout DefinedHypertable) -> Void = { _ in }
  ) -> DefinedHypertable {
    var hypertable = DefinedHypertable(id: 1, name: readings, dimensions: dimensions)
    change(&hypertable)
    return hypertable
  }

  static func plan(
    _ hypertables: [DefinedHypertable], jobs: [DefinedJob] = [], on version: String = "2.29.2",
    isCommunity: Bool = true, _ change: (inout DefinitionPlan.Manner) -> Void = { _ in }
  ) throws -> DefinitionPlan {
    var manner = DefinitionPlan.Manner(schema: Identifier("ts"))
    change(&manner)
    let capabilities = Capabilities(
      version: try #require(TimescaleVersion(version)), isCommunity: isCommunity)
    return DefinitionPlan(Definitions(hypertables: hypertables, jobs: jobs), on: capabilities, manner)
  }

  /// Here and not in the test's arguments, where Swift 6.0.3 crashes on a closure.
  private static let hypertablesCases: [Case<DefinedHypertable, String>] = [
    Case(
      "by time", hypertable([time]),
      """
      SELECT FROM "ts".create_hypertable('"public"."readings"'::regclass, "ts".by_range('time', interval '7 days'), create_default_indexes => false);

      """),
    Case(
      "by a number, with its present",
      hypertable([
        DefinedDimension(
          column: Identifier("n"), isInteger: true, interval: 100, integerNow: QualifiedName("s", "now"))
      ]),
      """
      SELECT FROM "ts".create_hypertable('"public"."readings"'::regclass, "ts".by_range('n', 100::bigint), create_default_indexes => false);
      SELECT FROM "ts".set_integer_now_func('"public"."readings"'::regclass, '"s"."now"'::regproc);

      """),
    Case(
      "by time, in space and by another range",
      hypertable([
        DefinedDimension(
          column: Identifier("j"), interval: 90_000_000, function: QualifiedName("s", "time_of")),
        DefinedDimension(
          column: Identifier("place"), partitions: 3, function: QualifiedName("s", "hash")),
        DefinedDimension(column: Identifier("n"), isInteger: true, interval: 10),
      ]),
      """
      SELECT FROM "ts".create_hypertable('"public"."readings"'::regclass, "ts".by_range('j', interval '90 seconds', '"s"."time_of"'::regproc), create_default_indexes => false);
      SELECT FROM "ts".add_dimension('"public"."readings"'::regclass, "ts".by_hash('place', 3, '"s"."hash"'::regproc));
      SELECT FROM "ts".add_dimension('"public"."readings"'::regclass, "ts".by_range('n', 10::bigint));

      """),
    Case(
      "with chunks elsewhere, in tablespaces",
      hypertable([DefinedDimension(column: Identifier("t"), interval: 1)]) {
        $0.chunkSchema = Identifier("chunks")
        $0.chunkPrefix = Identifier("c")
        $0.tablespaces = [Identifier("fast")]
      },
      """
      SELECT FROM "ts".create_hypertable('"public"."readings"'::regclass, 't', associated_schema_name => 'chunks', associated_table_prefix => 'c',
        chunk_time_interval => interval '1 microseconds', create_default_indexes => false);
      SELECT FROM "ts".attach_tablespace('fast', '"public"."readings"'::regclass, if_not_attached => true);

      """),
    Case(
      "compressed, with columns by whose ranges chunks are left out",
      hypertable([time]) {
        $0.compression = CompressionSettings(
          segmentBy: [],
          orderBy: [.init(column: Identifier("v"), isDescending: true, nullsFirst: false)],
          indexes: "bloom(a)")
        $0.compressInterval = 14 * day
        $0.rangeColumns = [Identifier("n")]
        $0.compressesDirectly = true
      },
      """
      SELECT FROM "ts".create_hypertable('"public"."readings"'::regclass, "ts".by_range('time', interval '7 days'), create_default_indexes => false);
      ALTER TABLE "public"."readings" SET (timescaledb.compress = true, timescaledb.compress_segmentby = '', timescaledb.compress_orderby = '"v" DESC NULLS LAST', timescaledb.compress_index = 'bloom(a)', timescaledb.compress_chunk_time_interval = '14 days');
      ALTER TABLE "public"."readings" SET (timescaledb.direct_compress = true);
      SET LOCAL timescaledb.enable_chunk_skipping = on;
      SELECT FROM "ts".enable_chunk_skipping('"public"."readings"'::regclass, 'n');

      """),
  ]

  @Test("hypertables", arguments: hypertablesCases)
  func hypertables(row: Case<DefinedHypertable, String>) throws {
    let plan = try Self.plan([row.input])
    #expect(plan.hypertables.map(\.sql.text) == [row.expected])
    #expect(plan.leftOut.isEmpty)
  }

  @Test("what the target's version or edition lacks is left out, and named") func leftOut() throws {
    let all = Self.hypertable([Self.time]) {
      $0.compression = CompressionSettings(segmentBy: nil, orderBy: nil, indexes: "bloom(a)")
      $0.rangeColumns = [Identifier("n")]
      $0.compressesDirectly = true
      $0.hasGranularRefresh = true
    }
    let old = try Self.plan([all], on: "2.15.3")
    #expect(
      old.leftOut == [
        .sparseIndexes(Self.readings, indexes: "bloom(a)"), .directCompression(Self.readings),
        .columnRanges(Self.readings, columns: [Identifier("n")]), .granularRefresh(Self.readings),
      ])
    let apache = try Self.plan(
      [all, Self.aggregate(id: 2)], jobs: [Self.job("policy_retention")], isCommunity: false)
    #expect(
      apache.leftOut == [
        .compression(Self.readings), .columnRanges(Self.readings, columns: [Identifier("n")]),
        .granularRefresh(Self.readings), .aggregate(QualifiedName("public", "v2")),
        .job(procedure: QualifiedName("_timescaledb_functions", "policy_retention"), relation: Self.readings),
      ])
    #expect(apache.hypertables.count == 1 && apache.aggregates.isEmpty && apache.jobs.isEmpty)
  }

  static func aggregate(id: Int64, over parent: Int64? = nil) -> DefinedHypertable {
    var hypertable = DefinedHypertable(
      id: id, name: QualifiedName("_timescaledb_internal", "_materialized_hypertable_\(id)"),
      dimensions: [time])
    hypertable.aggregate = DefinedAggregate(
      view: QualifiedName("public", "v\(id)"), query: " SELECT 1", owner: Identifier("app"),
      isMaterializedOnly: false, parent: parent)
    return hypertable
  }

  @Test("an aggregate is made without rows, and gets its indexes and owner") func aggregates() throws {
    var wanted = Self.aggregate(id: 2)
    wanted.aggregate?.indexes = [
      .init(name: nil, body: "USING btree (a)"), .init(name: Identifier("own"), body: "USING hash (b)"),
    ]
    let storage =
      "(SELECT format('%I.%I', h.schema_name, h.table_name)::regclass FROM _timescaledb_catalog.continuous_agg AS a\n"
      + "  JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id\n"
      + "  WHERE a.user_view_schema = 'public' AND a.user_view_name = 'v2')"
    let text = try #require(try Self.plan([wanted]).aggregates.first).sql.text
    #expect(
      text == """
        CREATE MATERIALIZED VIEW "public"."v2" WITH (timescaledb.continuous,
          timescaledb.materialized_only = false, timescaledb.create_group_indexes = false) AS
         SELECT 1 WITH NO DATA;
        ALTER MATERIALIZED VIEW "public"."v2" OWNER TO "app";
        SELECT FROM "ts".set_chunk_time_interval(\(storage), interval '7 days');
        CREATE INDEX ON "public"."v2" USING btree (a);
        CREATE INDEX "own" ON "public"."v2" USING hash (b);

        """)
    let managed = try Self.plan([wanted]) { $0.isManaged = true }
    #expect(managed.aggregates.first?.sql.text.contains("OWNER") == false)
    wanted.aggregate?.hasTimeIndex = false
    #expect(try Self.plan([wanted]).aggregates.first?.sql.text.contains("DROP INDEX") == true)
  }

  @Test("an aggregate comes after the one that it is over, whatever their numbers") func hierarchy() throws {
    let plan = try Self.plan([
      Self.aggregate(id: 3, over: 5), Self.aggregate(id: 4, over: 3), Self.aggregate(id: 5),
    ])
    #expect(plan.aggregates.map(\.object) == [5, 3, 4].map { .aggregate(QualifiedName("public", "v\($0)")) })
  }

  static func job(
    _ name: String, config: String? = nil, _ settings: [DefinedJob.Setting] = [],
    relation: QualifiedName? = readings, schema: String = "_timescaledb_functions"
  ) -> DefinedJob {
    DefinedJob(
      BackgroundJob(
        id: 1000,
        identity: JobIdentity(
          procedure: QualifiedName(schema, name), relation: relation, config: config),
        owner: Identifier("app"), schedule: JobSchedule(interval: "1 day", isFixed: false), isScheduled: false
      ),
      settings: settings)
  }

  @Test(
    "policies are added by the function for each",
    arguments: [
      Case(
        "retention by age", job("policy_retention", [.init("drop_after", "20 years")]),
        "add_retention_policy('\"public\".\"readings\"'::regclass, drop_after => interval '20 years', schedule_interval"
      ),
      Case(
        "retention by creation", job("policy_retention", [.init("drop_created_before", "1 day")]),
        "add_retention_policy('\"public\".\"readings\"'::regclass, drop_created_before => interval '1 day', sched"
      ),
      Case(
        "compression by a number", job("policy_compression", [.init("compress_after", "5", isNumber: true)]),
        "add_compression_policy('\"public\".\"readings\"'::regclass, compress_after => 5, schedule_interval"),
      Case(
        "refresh without a beginning",
        job("policy_refresh_continuous_aggregate", [.init("end_offset", "1 hour")]),
        "'::regclass, start_offset => NULL, end_offset => interval '1 hour', schedule_interval => interval '1 day'"
      ),
      Case(
        "reorder", job("policy_reorder", [.init("index_name", "i")]),
        "add_reorder_policy('\"public\".\"readings\"'::regclass, 'i',\n"),
      Case(
        "a person's own", job("work", config: "{\"a\": 1}", relation: nil, schema: "s"),
        "SET LOCAL ROLE \"app\";\nSELECT FROM \"ts\".add_job('\"s\".\"work\"'::regproc, interval '1 day',\n  config => '{\"a\": 1}'::jsonb"
      ),
    ])
  func jobs(row: Case<DefinedJob, String>) throws {
    let plan = try Self.plan([], jobs: [row.input])
    let statement = try #require(plan.jobs.first)
    #expect(statement.sql.text.contains(row.expected), "\(statement.sql.text)")
    // What the function takes no argument for is set afterwards.
    #expect(statement.sql.text.contains("scheduled => false, config => "), "\(statement.sql.text)")
    #expect(statement.isOptional)
  }

  @Test("a policy that isn't known is named") func unknown() throws {
    let policy = Self.job("policy_of_tomorrow")
    #expect(
      try Self.plan([], jobs: [policy]).leftOut == [
        .policy(procedure: policy.job.identity.procedure, relation: Self.readings)
      ])
    #expect(try Self.plan([], jobs: [Self.job("policy_compaction")], on: "2.28.0").jobs.isEmpty)
  }

  @Test("refresh policies come before those that need one") func order() throws {
    let plan = try Self.plan(
      [], jobs: [Self.job("policy_compression"), Self.job("policy_refresh_continuous_aggregate")])
    #expect(plan.jobs.first?.sql.text.contains("add_continuous_aggregate_policy") == true)
  }

  @Test("what the target has is not made again") func present() throws {
    let hypertables = [Self.hypertable([Self.time]), Self.aggregate(id: 2)]
    let own = Self.job("work", config: "{}", relation: nil, schema: "s")
    let jobs = [Self.job("policy_retention", config: "{\"a\": 1}"), own]
    let there = try Self.plan(hypertables, jobs: jobs) {
      $0.present = PresentDefinitions(
        relations: [Self.readings, QualifiedName("public", "v2")],
        hypertables: [Self.readings, QualifiedName("public", "v2")],
        jobs: [Self.job("policy_retention", config: "{\"a\": 2}").job.identity, own.job.identity])
    }
    #expect(
      there.hypertables.isEmpty && there.aggregates.isEmpty && there.jobs.isEmpty && there.leftOut.isEmpty)
    let plain = try Self.plan(hypertables, jobs: jobs) {
      $0.present = PresentDefinitions(
        relations: [Self.readings], jobs: [Self.job("work", relation: nil, schema: "s").job.identity])
    }
    #expect(plain.leftOut == [.plainTable(Self.readings)])
    #expect(plain.hypertables.isEmpty && plain.aggregates.count == 1 && plain.jobs.count == 2)
  }
}
