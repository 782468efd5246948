public import Postgres
public import TimescaleDB

/// An order-independent checksum over rows, computed by the server: the sum of a 64-bit hash of each row. PostgreSQL's
/// extended hash functions give the same value on every server (hash partitioning rests on them), so equal
/// content sums up to the same whatever the order and the storage.
public struct Checksum: Sendable, Equatable {
  public let rows: Int64
  /// The sum as the server's numeric writes it: hashes of all columns first, then of each column if asked for.
  public let sums: [String]

  public init(rows: Int64, sums: [String]) {
    self.rows = rows
    self.sums = sums
  }

  init(_ row: Row, columns: Int) throws(PostgresError) {
    var sums: [String] = []
    for index in 0..<columns { sums.append(try row.text(index + 1)) }
    self.init(rows: try row.integer(0), sums: sums)
  }

  /// Row count and the sum over whole rows.
  ///
  /// - Parameter sameEncoding: both databases store text in the same encoding, so that its bytes may be hashed as
  ///   they are stored.
  public static func ofRows(
    in relation: QualifiedName, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    let values = columns.map { $0.hashed(sameEncoding: sameEncoding) }.joined(separator: ", ")
    return """
      SELECT count(*), coalesce(sum(hash_record_extended(ROW(\(values)), 0)), 0)::text
      FROM \(relation)\(SQL.filter(predicate))
      """
  }

  /// Number of compressed tuples, the sum over them, and the rows that they hold.
  public static func ofTuples(
    in relation: QualifiedName, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    let values = columns.map { $0.hashedTuplePart(sameEncoding: sameEncoding) }.joined(separator: ", ")
    return """
      SELECT count(*), coalesce(sum(hash_record_extended(ROW(\(values)), 0)), 0)::text,
        coalesce(sum(_ts_meta_count), 0)::text
      FROM \(relation)\(SQL.filter(predicate))
      """
  }

  /// Row count and one sum for each column.
  public static func ofColumns(
    in relation: QualifiedName, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    let sums = columns.map { column in
      "coalesce(sum(hash_record_extended(ROW(\(column.hashed(sameEncoding: sameEncoding))), 0)), 0)::text"
        as SQL
    }
    return """
      SELECT count(*), \(sums.joined(separator: ", "))
      FROM \(relation)\(SQL.filter(predicate))
      """
  }
}

extension Column {
  /// The column as a value that can be hashed and whose hash doesn't depend on the database it is in.
  ///
  /// Types whose hash function is exact are taken as they are. The rest goes in as text: types without one, those whose
  /// hash is of OIDs that differ between databases (enums, regclass), and those for which different
  /// values hash alike on purpose (intervals, arrays of different shape, types under a case-insensitive collation).
  func hashed(sameEncoding: Bool) -> SQL {
    guard let builtinType else { return asText(sameEncoding: sameEncoding) }
    if Self.exactlyHashed.contains(builtinType) { return "\(name)" }
    if sameEncoding, builtinType == Self.jsonb { return "\(name)" }
    return asText(sameEncoding: sameEncoding)
  }

  /// The same for a column of a compressed relation. The wire form of compressed data names types by name, so it is the
  /// same in every database.
  func hashedTuplePart(sameEncoding: Bool) -> SQL {
    type == "_timescaledb_internal.compressed_data"
      ? "_timescaledb_functions.compressed_data_send(\(name))" : hashed(sameEncoding: sameEncoding)
  }

  private func asText(sameEncoding: Bool) -> SQL {
    sameEncoding
      ? "\(name)::text COLLATE \"C\"" : "convert_to(\(name)::text, 'UTF8')"
  }

  private static let jsonb: Int64 = 3802

  /// bool, bytea, "char", int8, int2, int4, oid, float4, float8, cidr, inet, macaddr, date, time, timestamp,
  /// timestamptz, timetz, numeric, uuid.
  private static let exactlyHashed: Set<Int64> = [
    16, 17, 18, 20, 21, 23, 26, 700, 701, 650, 869, 829, 1082, 1083, 1114, 1184, 1266, 1700, 2950,
  ]
}
