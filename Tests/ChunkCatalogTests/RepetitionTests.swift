import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import ChunkCatalog

@Suite("Doing tasks again", .timeLimit(.minutes(10)), .needs(TestServer.all)) struct RepetitionTests {
  private static func candidate(_ priority: Int64, unit: Int64? = nil, isDone: Bool = true)
    -> Repetition.Candidate
  {
    Repetition.Candidate(
      priority: priority, unit: unit ?? priority, chunk: QualifiedName("s", "c\(unit ?? priority)"),
      isDone: isDone)
  }

  @Test("takes all of a chunk that is free, and what isn't done yet stays as it is") func chosen() {
    let (tasks, result) = Repetition.chosen(
      [
        Self.candidate(1), Self.candidate(2, unit: -7), Self.candidate(3, unit: -7, isDone: false),
        Self.candidate(4, isDone: false),
      ], free: [1, 2, 3, 4])
    #expect(tasks == [1, 2])
    #expect(result == Repetition.Result(chunks: 2))
  }

  @Test("leaves a chunk alone of which others have a part") func held() {
    let (tasks, result) = Repetition.chosen(
      [
        Self.candidate(1), Self.candidate(2, unit: -7), Self.candidate(3, unit: -7, isDone: false),
        Self.candidate(4),
      ], free: [1, 2])
    #expect(tasks == [1])
    #expect(
      result == Repetition.Result(chunks: 1, held: [QualifiedName("s", "c-7"), QualifiedName("s", "c4")]))
  }

  /// As much of TimescaleDB's catalog as tells which aggregates a hypertable has.
  private static let catalog: SQL = """
    CREATE SCHEMA _timescaledb_catalog;
    CREATE TABLE _timescaledb_catalog.hypertable (id int, schema_name name, table_name name);
    CREATE TABLE _timescaledb_catalog.continuous_agg (
      mat_hypertable_id int, raw_hypertable_id int, user_view_schema name, user_view_name name);
    CREATE TABLE _timescaledb_catalog.dimension (id int, hypertable_id int, column_name name, num_slices int);
    INSERT INTO _timescaledb_catalog.hypertable VALUES (1, 'public', 'metrics'), (2, 'public', 'others');
    INSERT INTO _timescaledb_catalog.continuous_agg VALUES (11, 1, 'public', 'sums'), (12, 2, 'public', 'other');
    INSERT INTO _timescaledb_catalog.dimension VALUES (1, 1, 'device', 4), (2, 1, 'time', NULL);
    """

  /// Copied and verified: "a", three parts of "p", and "b", which differed.
  private func done() async throws -> TestDatabase {
    let database = try await Samples.queue(
      [Samples.task("a")] + Samples.parts("p") + [Samples.task("b"), Samples.task("uncopied")])
    try await database.withConnection(.target) { target throws in
      try target.run(Self.catalog)
      try target.run(
        """
        UPDATE __backfill.task SET worked = '[now,now]', verified = '[now,now]', verify_message = 'equal',
          attempts = 2, copied_rows = 5, copied_by = 'x', copied_backend = 1, verified_by = 'y', verified_backend = 2
        WHERE chunk_name <> 'uncopied';
        UPDATE __backfill.task SET verified = NULL, verify_message = 'differs', differed_at = now()
        WHERE chunk_name = 'b';
        """)
    }
    return database
  }

  private func open(_ column: SQL, on target: borrowing Connection) throws -> [String?] {
    try target.values(
      "SELECT chunk_name FROM __backfill.task WHERE \(column) IS NULL GROUP BY 1 ORDER BY 1")
  }

  @Test("opens what is asked for, in one transaction, and forgets what was known of it") func opens()
    async throws
  {
    let database = try await done()
    try await database.withConnection(.target) { [self] target throws in
      try target.run("INSERT INTO __backfill.staged_aggregate VALUES ('public', 'sums', '{}')")
      let differing = try Repetition(.copying, .init(onlyDiffering: true)).perform(on: target)
      #expect(differing == Repetition.Result(chunks: 1))
      #expect(try open("worked", on: target) == ["b", "uncopied"])
      #expect(
        try target.value(
          """
          SELECT concat_ws(' ', attempts, verify_message, differed_at, copied_rows, verified, copied_by, copied_backend,
            verified_by, verified_backend) FROM __backfill.task
          WHERE chunk_name = 'b'
          """) == "0")
      // What its aggregates have seen of it has to be computed again; one that staging hasn't seen had everything to
      // compute when it was made.
      #expect(
        try target.values(
          "SELECT concat_ws(' ', view_name, changed) FROM __backfill.staged_aggregate ORDER BY view_name")
          == ["other {(,)}", "sums {[100,200)}"])
      #expect(try Repetition(.copying, .init(onlyDiffering: true)).perform(on: target).chunks == 0)
      let other = Queue.Scope(hypertables: [QualifiedName("public", "other")])
      #expect(try Repetition(.copying, other).perform(on: target) == Repetition.Result())
      let mine = Queue.Scope(hypertables: [QualifiedName("public", "metrics")])
      #expect(try Repetition(.copying, mine).perform(on: target) == Repetition.Result(chunks: 2))
      #expect(try Queue.counts(on: target) == Queue.Counts(all: 6, uncopied: 6, unverified: 0))
    }
  }

  @Test("to be verified leaves them copied") func verified() async throws {
    let database = try await done()
    try await database.withConnection(.target) { [self] target throws in
      #expect(try Repetition(.verifying, .all).perform(on: target) == Repetition.Result(chunks: 2))
      #expect(try open("verified", on: target) == ["a", "b", "p", "uncopied"])
      #expect(try open("worked", on: target) == ["uncopied"])
      #expect(try target.value("SELECT count(*) FROM __backfill.task WHERE differed_at IS NOT NULL") == "1")
    }
  }

  @Test("waits for nobody who has a chunk, or a part of it, in their hands") func locked() async throws {
    let database = try await done()
    try await database.withTwoConnections { [self] target, other throws in
      try other.run(
        "BEGIN; SELECT FROM __backfill.task WHERE chunk_name = 'p' AND part = 2 FOR NO KEY UPDATE")
      let result = try Repetition(.copying, .all).perform(on: target)
      #expect(result == Repetition.Result(chunks: 2, held: [QualifiedName("source schema", "p")]))
      #expect(try open("worked", on: target) == ["a", "b", "uncopied"])
      try other.run("ROLLBACK")
      #expect(try Repetition(.copying, .all).perform(on: target) == Repetition.Result(chunks: 1))
    }
  }

  @Test("a scope without marks has verified chunks open, each once") func includesVerified() async throws {
    let database = try await done()
    try await database.withConnection(.target) { target throws in
      let scope = Queue.Scope(includesVerified: true)
      #expect(try Queue.counts(on: target, scope).unverified == 3)
      let queue = Queue(run: "one", scope: scope)
      var claimed: [String] = []
      while let task = try queue.verifyTask(on: target) {
        claimed.append(task.chunk.name.name)
        try target.run(queue.transaction.passed(task) + "COMMIT;")
        try #require(claimed.count < 9)
      }
      target.rollBack()
      #expect(claimed == ["a", "p", "b"])
      #expect(try target.value("SELECT count(verified) FROM __backfill.task") == "4")
    }
  }

  @Test("two runs that mark nothing don't hand each other their tasks for ever") func twoRuns() async throws {
    let database = try await done()
    try await database.withConnection(.target) { target throws in
      let scope = Queue.Scope(includesVerified: true)
      let queues = ["one", "two"].map { Queue(run: $0, scope: scope) }
      var claimed = 0
      // In turns, each from the start.
      while true {
        let before = claimed
        for queue in queues {
          if let task = try queue.verifyTask(on: target) {
            claimed += 1
            try target.run(queue.transaction.passed(task) + "COMMIT;")
          } else {
            target.rollBack()
          }
        }
        if claimed == before { break }
        try #require(claimed <= 6)
      }
      #expect(claimed == 6)
    }
  }

  @Test("a difference unmarks all parts of a chunk") func differs() async throws {
    let database = try await done()
    try await database.withConnection(.target) { target throws in
      let queue = Queue(run: "one", scope: .init(includesVerified: true))
      let first = try #require(try queue.verifyTask(on: target))
      try target.run(queue.transaction.passed(first) + "COMMIT;")
      let part = try #require(try queue.verifyTask(on: target))
      try target.run(queue.transaction.differs(part, message: "4 rows on the source") + "COMMIT;")
      #expect(try target.value("SELECT count(verified) FROM __backfill.task WHERE split IS NOT NULL") == "0")
      #expect(
        try target.values(
          "SELECT part FROM __backfill.task WHERE split IS NOT NULL AND differed_at IS NOT NULL")
          == ["\(part.part?.number ?? 0)"])
      // Any part that differs stands for all of them.
      #expect(try Queue.counts(on: target, .init(onlyDiffering: true)).unverified == 2)
    }
  }

  @Test("a sample is of the size that was asked for, and no less than one chunk") func sizes() {
    #expect(Queue.Sample.size(10, of: 100) == 10)
    #expect(Queue.Sample.size(10, of: 101) == 11)
    #expect(Queue.Sample.size(0.01, of: 3) == 1)
    #expect(Queue.Sample.size(100, of: 3) == 3)
    #expect(Queue.Sample.size(50, of: 0) == 0)
  }

  @Test("a sample is claimed, and nothing else; another seed gives another one") func sample() async throws {
    let database = try await Samples.queue((1...40).map { Samples.task("c\($0)") })
    try await database.withConnection(.target) { target throws in
      try target.run("UPDATE __backfill.task SET worked = '[now,now]'")
      var samples: Set<Set<String>> = []
      for seed in Int64(1)...3 {
        let chosen = try Queue.Sample.choose(25, in: .all, seed: seed, on: target)
        let sample = try #require(chosen)
        #expect(sample.chunks == 10)
        #expect(sample.all == 40)
        let queue = Queue(run: "run \(seed)", scope: .init(sample: sample))
        #expect(try Queue.counts(on: target, queue.scope).unverified == 10)
        var claimed: Set<String> = []
        while let task = try queue.verifyTask(on: target) {
          claimed.insert(task.chunk.name.name)
          try target.run(queue.transaction.passed(task) + "COMMIT;")
          try #require(claimed.count <= 10)
        }
        target.rollBack()
        #expect(claimed.count == 10)
        samples.insert(claimed)
      }
      #expect(samples.count == 3)
      #expect(try Queue.Sample.choose(25, in: .init(onlyDiffering: true), seed: 1, on: target) == nil)
    }
  }
}
