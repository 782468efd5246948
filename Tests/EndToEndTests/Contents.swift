import TestServers

/// What a relation holds: computed by other means than the program's own checksum, so that a fault of that
/// isn't this one's too.
struct Contents: Equatable, CustomStringConvertible {
  let rows: Int
  let checksum: String

  var description: String { "\(rows) rows (\(checksum.prefix(8)))" }
}

extension TestDatabase {
  /// The rows of a relation, whatever their order, the order of the columns, and the database's settings.
  func contents(of relation: String, where condition: String = "true") throws -> Contents {
    let session = try session()
    try session.execute(
      """
      SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET lc_monetary = 'C';
      SET extra_float_digits = 3; SET bytea_output = 'hex'
      """)
    let columns = try session.query(
      """
      SELECT quote_ident(attname) FROM pg_attribute
      WHERE attrelid = \(quotedLiteral(relation))::regclass AND attnum > 0 AND NOT attisdropped
      ORDER BY attname COLLATE "C"
      """
    ).compactMap { $0[0] }.joined(separator: ", ")
    let found = try session.query(
      """
      SELECT count(*), coalesce(md5(string_agg(digest, '' ORDER BY digest COLLATE "C")), '')
      FROM (SELECT md5(convert_to(ROW(\(columns))::text, 'UTF8')) AS digest
        FROM \(relation) WHERE \(condition)) AS rows
      """)
    return Contents(rows: Int(found[0][0] ?? "") ?? -1, checksum: found[0][1] ?? "")
  }

  /// How many tasks of the queue meet a condition.
  func tasks(where condition: String = "true") throws -> Int {
    Int(try value("SELECT count(*) FROM __backfill.task WHERE \(condition)") ?? "") ?? -1
  }

  /// Waits until a question about the database is answered with yes.
  ///
  /// - Throws: `NeverHappened` after a minute.
  func wait(until condition: String) async throws {
    let session = try session()
    let deadline = ContinuousClock.now + .seconds(60)
    while try session.query("SELECT \(condition)").first?.first != "t" {
      guard ContinuousClock.now < deadline else { throw NeverHappened(condition: condition) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

struct NeverHappened: Error {
  let condition: String
}
