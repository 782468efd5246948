import Foundation
import TestServers
import Testing

/// A target with a hypertable, files, and the program pointed at the target.
struct LoadRig: CommandRunner {
  let target: TestDatabase
  var backfill: BackfillProcess
  let directory: ScratchDirectory

  static let table = """
    CREATE TABLE readings (time timestamptz NOT NULL, device int, value float8, note text);
    SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
    CREATE INDEX ON readings (device, time);
    """

  init(_ target: TestDatabase) throws {
    self.target = target
    backfill = BackfillProcess(environment: ["BACKFILL_TARGET": target.keywordString])
    directory = try ScratchDirectory()
  }

  static func on(_ server: TestServer, setup: String = table) async throws -> LoadRig {
    try LoadRig(try await server.makeDatabase(setup: setup))
  }

  /// A server of its own, with a proxy in front of it.
  static func proxied(_ server: TestServer, setup: String = table) async throws -> (
    LoadRig, FaultyProxy, TestCluster
  ) {
    let cluster = try await server.dedicatedCluster(extraSettings: ["synchronous_commit": "on"])
    var rig = try LoadRig(try await cluster.makeDatabase(version: server.timescaleVersion, setup: setup))
    let proxy = try FaultyProxy(to: cluster.port)
    rig.backfill.environment["BACKFILL_TARGET"] = proxy.connectionString(to: rig.target)
    return (rig, proxy, cluster)
  }

  /// Writes a file.
  ///
  /// - Returns: its path.
  @discardableResult
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(directory.path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @discardableResult
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  /// Writes `readings.csv`.
  @discardableResult
  func file(_ text: String) throws -> String { try file("readings.csv", text) }

  /// Loads into the hypertable, in small batches.
  @discardableResult
  func load(
    _ arguments: String..., exits code: Int32 = 0, batch: String = "64kB",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> BackfillProcess.Outcome {
    let outcome = try await backfill.run(words(arguments, batch: batch))
    #expect(outcome.exitCode == code, "\(arguments): \(outcome)", sourceLocation: sourceLocation)
    expectNoSecret(outcome, sourceLocation: sourceLocation)
    return outcome
  }

  func words(_ arguments: [String], batch: String = "64kB") -> [String] {
    let table = arguments.contains("--table") ? [] : ["--table", "readings"]
    return ["load"] + table + ["--batch-size", batch] + arguments
  }

  var count: Int { get throws { Int(try target.value("SELECT count(*) FROM readings") ?? "") ?? -1 } }

  /// Expects the rows that `LoadedRows` writes into files, each once.
  func expect(
    _ rows: LoadedRows, where condition: String = "true", sourceLocation: SourceLocation = #_sourceLocation
  )
    throws
  {
    let there = try target.contents(of: "(\(rows.sql)) AS made", columnsOf: "readings", where: condition)
    let here = try target.contents(of: "readings", where: condition)
    #expect(there == here, sourceLocation: sourceLocation)
  }
}

/// Rows that can be made twice: as a file, and by the server.
struct LoadedRows {
  var count: Int
  /// Seconds between two rows.
  var step = 10
  var lineEnd = "\n"
  /// Without line ends within notes, so that batches are sorted. The number of rows is no multiple of 7919.
  var isAtRandom = false

  /// A quote in each note, and in every seventh a line end.
  var csv: String {
    var text = ""
    for place in 0..<count {
      let row = isAtRandom ? place * 7919 % count : place
      let seconds = row * step
      let time =
        "2024-01-\(two(1 + seconds / 86_400)) \(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))+00"
      let note =
        row % 7 == 0 && !isAtRandom ? "\"note \"\"\(row)\"\"\nand more\"" : "\"note \"\"\(row)\"\"\""
      text += "\(time),\(row % 10),\(row).5,\(row % 11 == 0 ? "" : note)\(lineEnd)"
    }
    return text
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  var sql: String {
    """
    SELECT '2024-01-01 00:00Z'::timestamptz + \(step) * i * interval '1 second' AS time, i % 10 AS device,
      i + 0.5::float8 AS value, CASE WHEN i % 11 <> 0 THEN 'note "' || i || '"'
        || CASE WHEN i % 7 = 0 AND NOT \(isAtRandom) THEN E'\\nand more' ELSE '' END END AS note
    FROM generate_series(0, \(count - 1)) AS i
    """
  }
}

extension TestDatabase {
  /// The rows of a query that has the columns of a relation.
  func contents(of query: String, columnsOf relation: String, where condition: String) throws -> Contents {
    let session = try session()
    try session.execute(
      """
      SET TimeZone = 'UTC';
      CREATE TEMPORARY TABLE made_rows AS SELECT * FROM \(relation) WITH NO DATA;
      INSERT INTO made_rows SELECT * FROM \(query)
      """)
    return try session.contents(of: "made_rows", where: condition)
  }
}
