public import Postgres
public import TimescaleDB

/// An order-independent checksum over rows, computed by the server: the sum of a 64-bit hash of each row. PostgreSQL's
/// extended hash functions give the same value on every server (hash partitioning rests on them), so equal
/// content sums up to the same whatever the order and the storage.
///
/// hash_record_extended only adds its columns' hashes up, each times a power of 31 (rowtypes.c). A sum of those would be
/// the same after rows have exchanged values of a column, so each row's hash is hashed once more.
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
      SELECT count(*), \(sum(values))
      FROM \(relation)\(SQL.filter(predicate))
      """
  }

  /// Number of compressed tuples, the sum over them, and the rows that they hold.
  public static func ofTuples(
    in relation: QualifiedName, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    let values = columns.map { $0.hashedTuplePart(sameEncoding: sameEncoding) }.joined(separator: ", ")
    return """
      SELECT count(*), \(sum(values)),
        coalesce(sum(_ts_meta_count), 0)::text
      FROM \(relation)\(SQL.filter(predicate))
      """
  }

  /// Row count and one sum for each column.
  public static func ofColumns(
    in relation: QualifiedName, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    let sums = columns.map { column in
      sum(column.hashed(sameEncoding: sameEncoding))
    }
    return """
      SELECT count(*), \(sums.joined(separator: ", "))
      FROM \(relation)\(SQL.filter(predicate))
      """
  }

  private static func sum(_ values: SQL) -> SQL {
    """
    coalesce(sum(hash_record_extended(ROW(int8send(hash_record_extended(ROW(\(values)), 0))), 0)), 0)::text
    """
  }
}

extension Column {
  /// The column as a value that can be hashed and whose hash doesn't depend on the database it is in.
  ///
  /// Types whose hash function takes every byte are taken as they are, others of PostgreSQL's numbers and times in their
  /// wire form: of floats and numerics different ones hash alike (0 and -0, 1.0 and 1.00) and 0 as NULL, and 64-bit
  /// numbers are folded into 32 bits first. The rest goes in as text: types without a hash function, those whose hash is
  /// of OIDs that differ between databases (enums, regclass), and those for which different values hash alike on
  /// purpose (intervals, jsonb, arrays of different shape, types under a case-insensitive collation).
  func hashed(sameEncoding: Bool) -> SQL {
    guard let builtinType else { return asText(sameEncoding: sameEncoding) }
    if Self.exactlyHashed.contains(builtinType) { return "\(name)" }
    if let function = Self.wireForms[builtinType] { return "\(function)(\(name))" }
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

  /// bool, bytea, "char", int2, int4, oid, cidr, inet, macaddr, date, uuid.
  private static let exactlyHashed: Set<Int64> = [16, 17, 18, 21, 23, 26, 650, 869, 829, 1082, 2950]

  private static let wireForms: [Int64: SQL] = [
    20: "int8send", 700: "float4send", 701: "float8send", 1083: "time_send", 1114: "timestamp_send",
    1184: "timestamptz_send", 1266: "timetz_send", 1700: "numeric_send",
  ]
}
