import ChunkCatalog
import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import TimescaleDB

@Suite(
  "Staged tasks", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct StagedTaskTests {
  @Test("come back from the queue as they went in") func roundTrip() async throws {
    let hostile = QualifiedName("it's a \"schema\"", "back\\slash; DROP TABLE x")
    var staged = Samples.task("a\"b'c", lower: -5, upper: 150, targetChunk: hostile, snapshot: "00000003-1'")
    staged.targetHypertable = hostile
    staged.expectedBytes = 1 << 40
    let task = staged
    let database = try await Samples.queue([task])
    try await database.withConnection(.target) { target throws in
      let found = try #require(try Queue(run: "x").copyTask(on: target))
      #expect(found.priority == 1)
      #expect(found.chunk == task.chunk)
      #expect(found.targetHypertable == hostile)
      #expect(found.targetChunk == hostile)
      #expect(found.bounds == TaskBounds(lower: -5, upper: 150))
      #expect(found.snapshot == "00000003-1'")
      #expect(found.hasBounds)
      #expect(
        try target.values("SELECT expected_bytes || ', ' || coalesce(expected_rows, 0) FROM __backfill.task")
          == [
            "1099511627776, 0"
          ])
    }
  }

  @Test(
    "keep bounds at the ends of 64 bits, which are none",
    arguments: [
      Case("none", (.min, .max), (nil, nil)), Case("upper", (.min, 5), (nil, "5")),
      Case("lower", (-5, .max), ("-5", nil)),
      Case("extreme", (.min + 1, .max - 1), ("-9223372036854775807", "9223372036854775806")),
    ] as [Case<(Int64, Int64), (String?, String?)>])
  func bounds(_ row: Case<(Int64, Int64), (String?, String?)>) async throws {
    let database = try await Samples.queue([Samples.task("a", lower: row.input.0, upper: row.input.1)])
    try await database.withConnection(.target) { target throws in
      #expect(try target.value("SELECT lower_bound FROM __backfill.task") == row.expected.0)
      #expect(try target.value("SELECT upper_bound FROM __backfill.task") == row.expected.1)
      let found = try #require(try Queue(run: "x").copyTask(on: target))
      #expect(found.bounds.range == Dimension.Range(lower: row.input.0, upper: row.input.1))
    }
  }

  @Test("describe their dimensions as documented, and a part's range for reading") func documented()
    async throws
  {
    let database = try await Samples.queue([Samples.task("whole"), Samples.task("part", upper: 150)])
    try await database.withConnection(.target) { target throws in
      #expect(
        try target.value("SELECT dimensions FROM __backfill.task WHERE priority = 1")
          == #"[{"range_end": 200, "column_name": "time", "column_type": "bigint", "range_start": 100}]"#)
      #expect(
        try target.values("SELECT filter FROM __backfill.task ORDER BY priority") == [
          nil, #""time" < 150::bigint"#,
        ])
      #expect(
        try target.value(
          "SELECT hypertable_schema || '.' || hypertable_name FROM __backfill.task WHERE priority = 1")
          == "public.metrics")
    }
  }

  @Test("are written in order, however many", arguments: [0, 1, 500, 1201]) func many(count: Int) async throws
  {
    let names = (0..<count).map { "chunk \($0)" }
    let database = try await Samples.queue(names.map { Samples.task($0) })
    try await database.withConnection(.target) { target throws in
      #expect(try target.values("SELECT chunk_name FROM __backfill.task ORDER BY priority") == names)
    }
  }

  @Test("are read back for staging again, with their slices and bounds") func queued() async throws {
    let database = try await Samples.queue([
      Samples.task("a", upper: 150, snapshot: "00000003-1"), Samples.task("b"),
    ])
    try await database.withConnection(.target) { target throws in
      try target.run(
        """
        UPDATE __backfill.task SET worked = '[2024-01-01,2024-01-02]' WHERE priority = 2;
        INSERT INTO __backfill.task (chunk_schema, chunk_name, hypertable_schema, hypertable_name, dimensions, filter)
        VALUES ('s', 'foreign', 's', 't', '[{"column_name": "time", "range_start": "2024-01-01"}]', 'time < 5'),
          ('s', 'odd', 's', 't', '"x"', NULL)
        """)
      let found = try QueuedTask.all(on: target)
      #expect(found.map(\.priority) == [1, 2, 3, 4])
      #expect(found.map(\.chunk.name.name) == ["a", "b", "foreign", "odd"])
      #expect(found.map(\.isCopied) == [false, true, false, false])
      let slice = [Identifier("time"): Dimension.Range(lower: 100, upper: 200)]
      #expect(found.map(\.slices) == [slice, slice, [:], [:]])
      #expect(found.map(\.bounds) == [TaskBounds(upper: 150), .wholeChunk, nil, .wholeChunk])
      #expect(found.map(\.snapshot) == ["00000003-1", nil, nil, nil])
    }
  }
}
