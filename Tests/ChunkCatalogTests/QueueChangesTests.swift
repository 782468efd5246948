import ChunkCatalog
import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import TimescaleDB

@Suite("What staging again changes in the queue", .timeLimit(.minutes(10)), .needs(TestServer.all))
struct QueueChangesTests {
  @Test("is taken out, detached, rewritten and handed on, and nothing else is touched") func all()
    async throws
  {
    let tasks =
      Samples.parts("split") + [Samples.task("kept", upper: 150), Samples.task("moved", upper: 150)]
    let database = try await Samples.queue(tasks)
    try database.execute(
      """
      INSERT INTO __backfill.deferred (split, kind, chunk_schema, chunk_name, hypertable_schema, hypertable_name)
      SELECT s, 'index', 'c', 'c' || s, 'public', 'metrics' FROM generate_series(7, 9) AS s
      """)
    var changes = QueueChanges()
    changes.removed = [1]
    changes.detached = [2]
    changes.rewritten = [(priority: 5, task: Samples.task("moved", lower: 120))]
    changes.inherited = [(from: 9, to: 7)]
    let wanted = changes
    try await database.withConnection(.target) { target throws in try wanted.apply(on: target) }
    #expect(
      try database.query(
        "SELECT priority, chunk_name, split IS NOT NULL, part, lower_bound, upper_bound FROM __backfill.task ORDER BY 1"
      )
        == [
          ["2", "split", "f", nil, "120", "150"], ["3", "split", "t", "1", nil, "120"],
          ["4", "kept", "f", nil, nil, "150"], ["5", "moved", "f", nil, "120", nil],
        ])
    // What a chunk goes without is given back with the last part of the split that the chunk has now.
    #expect(
      try database.query("SELECT split, chunk_name FROM __backfill.deferred ORDER BY chunk_name")
        == [["7", "c7"], ["8", "c8"], ["7", "c9"]])
  }

  @Test("may be nothing") func nothing() async throws {
    let database = try await Samples.queue([Samples.task("kept")])
    try await database.withConnection(.target) { target throws in try QueueChanges().apply(on: target) }
    #expect(try database.value("SELECT count(*) FROM __backfill.task") == "1")
  }
}
