import Foundation
import TestServers

/// What a run has to have left on the target, or its time means nothing.
struct TargetCheck {
  let fixture: Fixture
  private let indexes: String

  /// Looks at the empty target.
  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    indexes = try Self.indexes(fixture.emptyTarget)
  }

  /// - Parameters:
  ///   - thorough: every value, and not the number of rows alone.
  ///   - isSplit: chunks should have been copied in parts, by a program that can.
  /// - Returns: what is wrong; nil if nothing is.
  func fault(of target: Database, thorough: Bool, isSplit: Bool) throws -> String? {
    let rows = try target.number("SELECT count(*) FROM m")
    guard rows == fixture.dataset.rows else { return "\(rows) rows of \(fixture.dataset.rows) arrived" }
    if thorough, try Fixture.contents(of: target) != fixture.contents { return "other rows arrived" }
    // Where the chunks were there before, so were their indexes.
    if fixture.dataset.targetHasChunks, !fixture.dataset.isCompressed, try Self.indexes(target) != indexes {
      return "indexes of the chunks are missing or invalid"
    }
    if fixture.dataset.isCompressed, try target.number(Self.uncompressedSQL) > 0 {
      return "chunks were left uncompressed"
    }
    if isSplit,
      try target.number("SELECT count(*) FROM pg_class WHERE oid = to_regclass('__backfill.split')") > 0,
      try target.number("SELECT count(*) FROM __backfill.task") <= fixture.dataset.chunks
    {
      return "no chunk was split"
    }
    return nil
  }

  private static let uncompressedSQL = """
    SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'm' AND NOT is_compressed
    """

  /// Every index of every chunk but its chunk's name, which attaching a table may change.
  private static func indexes(_ database: Database) throws -> String {
    try database.session().query(
      """
      SELECT count(*), md5(string_agg(key, '|' ORDER BY key)) FROM (
        SELECT regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '') AS key
        FROM pg_index JOIN show_chunks('m') AS c ON c = indrelid WHERE indisvalid) AS indexes
      """
    ).joined().map { $0 ?? "NULL" }.joined(separator: " ")
  }
}
