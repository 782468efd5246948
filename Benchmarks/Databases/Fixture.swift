import Foundation
import TestServers

/// A dataset's source, filled, and the empty target that every run gets a fresh copy of.
struct Fixture {
  let dataset: Dataset
  let source: Database
  let emptyTarget: Database
  /// What the source's rows add up to; see `contents`.
  let contents: String
  /// Bytes of all of the source's rows in COPY's binary format.
  let copyBytes: Int
  /// Bytes of the largest chunk on disk, without its indexes.
  let chunkBytes: Int
  /// The names of each chunk on the source and on the target; none if the target has no chunks.
  let pairs: [(source: String, target: String)]
  /// A directory for files that are made of it once.
  let directory: String

  /// Chunks made or filled in one transaction: few enough for the lock table and for the time it takes.
  private static let batch = 250

  static func make(
    _ dataset: Dataset, on servers: Servers, mayCreateInInternal: Bool, psql: String
  ) async throws -> Fixture {
    let source = try await empty(dataset, name: "source_\(dataset.name)", on: servers.source, servers)
    let target = try await empty(dataset, name: "target_\(dataset.name)", on: servers.target, servers)
    if mayCreateInInternal {
      try target.superuserSession().execute("GRANT CREATE ON SCHEMA _timescaledb_internal TO app")
    }
    try inBatches(dataset) { try source.session().execute(dataset.fillSQL(chunks: $0)) }
    if dataset.isCompressed { try source.session().execute(Dataset.compressSQL) }
    try source.session().execute("VACUUM (FREEZE, ANALYZE) m")
    if dataset.targetHasChunks {
      try inBatches(dataset) { try target.session().execute(dataset.makeChunksSQL($0)) }
    }
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "backfill-bench-\(UUID().uuidString)"
    ).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let sizes = "SELECT max(pg_relation_size(c)) FROM show_chunks('m') AS c"
    // Reading every row also brings the source into memory before the first run.
    return Fixture(
      dataset: dataset, source: source, emptyTarget: target, contents: try Self.contents(of: source),
      copyBytes: try Piped.bytes(of: "COPY (SELECT * FROM m) TO STDOUT (FORMAT binary)", source, psql: psql),
      chunkBytes: try source.number(sizes), pairs: try Self.pairs(source, target),
      directory: directory)
  }

  private static func empty(
    _ dataset: Dataset, name: String, on cluster: TestCluster, _ servers: Servers
  ) async throws -> Database {
    _ = try await cluster.makeDatabase(
      version: servers.server.timescaleVersion, name: name, setup: dataset.tableSQL)
    return Database(cluster: cluster, name: name)
  }

  private static func inBatches(_ dataset: Dataset, _ body: (Range<Int>) throws -> Void) rethrows {
    for first in stride(from: 0, to: dataset.chunks, by: batch) {
      try body(first..<min(first + batch, dataset.chunks))
    }
  }

  /// Number and sum of all rows, every value included.
  static func contents(of database: Database) throws -> String {
    let rows = try database.session().query(
      "SELECT count(*), sum(hashtextextended(m::text, 0)::numeric) FROM m")
    return rows.joined().map { $0 ?? "NULL" }.joined(separator: " ")
  }

  private static func pairs(_ source: Database, _ target: Database) throws -> [(
    source: String, target: String
  )] {
    let there = try target.session().query(Dataset.listSQL).map { ($0[0] ?? "", $0[1] ?? "") }
    let names = Dictionary(uniqueKeysWithValues: there)
    return try source.session().query(Dataset.listSQL).compactMap { row in
      guard let range = row[0], let chunk = row[1], let other = names[range] else { return nil }
      return (chunk, other)
    }
  }

  /// All of it, for when the next dataset needs the room.
  func drop() throws {
    try FileManager.default.removeItem(atPath: directory)
    try source.drop()
    try emptyTarget.drop()
  }
}
