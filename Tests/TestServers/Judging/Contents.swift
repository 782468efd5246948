/// What a relation holds: computed by other means than the program's own checksum, so that a fault of that
/// isn't this one's too.
public struct Contents: Equatable, Sendable, CustomStringConvertible {
  public let rows: Int
  public let checksum: String

  public var description: String { "\(rows) rows (\(checksum.prefix(8)))" }
}

extension TestDatabase {
  /// The rows of a relation, whatever their order, the order of the columns, and the database's settings.
  public func contents(of relation: String, where condition: String = "true") throws -> Contents {
    try session().contents(of: relation, where: condition)
  }
}

extension SQLSession {
  /// The rows of a relation, whatever their order, the order of the columns, and the database's settings.
  public func contents(of relation: String, where condition: String = "true") throws -> Contents {
    try execute(
      """
      SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET lc_monetary = 'C';
      SET extra_float_digits = 3; SET bytea_output = 'hex'
      """)
    let columns = try query(
      """
      SELECT quote_ident(attname) FROM pg_attribute
      WHERE attrelid = \(quotedLiteral(relation))::regclass AND attnum > 0 AND NOT attisdropped
      ORDER BY attname COLLATE "C"
      """
    ).compactMap { $0[0] }.joined(separator: ", ")
    let found = try query(
      """
      SELECT count(*), coalesce(md5(string_agg(digest, '' ORDER BY digest COLLATE "C")), '')
      FROM (SELECT md5(convert_to(ROW(\(columns))::text, 'UTF8')) AS digest
        FROM \(relation) WHERE \(condition)) AS rows
      """)
    return Contents(rows: Int(found[0][0] ?? "") ?? -1, checksum: found[0][1] ?? "")
  }
}
