public import Postgres
public import TimescaleDB

/// An order-independent checksum over rows, computed by the server: the sum of a 64-bit hash of each row. PostgreSQL's
/// extended hash functions give the same value on every server (hash partitioning rests on them), so equal
/// content sums up to the same whatever the order and the storage.
///
/// A row's hash is made from its columns' hashes, each with a seed of its own, combined by exclusive or. A sum of those
/// could be the same after rows have exchanged values of a column, so each row's hash is hashed once more: as a float8,
/// of which 53 bits are left. hash_record_extended would do the first half of it, at twice the price, and a record of one
/// column the second.
public struct Checksum: Sendable, Equatable {
  public let rows: Int64
  /// The sum as the server's numeric writes it: hashes of all columns first, then of each column if asked for.
  public let sums: [String]

  public init(rows: Int64, sums: [String]) {
    self.rows = rows
    self.sums = sums
  }

  /// Reads the answer to a question with so many sums.
  ///
  /// - Throws: `PostgresError`.
  public init(_ row: Row, columns: Int) throws(PostgresError) {
    var sums: [String] = []
    for index in 0..<columns { sums.append(try row.text(index + 1)) }
    self.init(rows: try row.integer(0), sums: sums)
  }

  /// Row count and the sum over whole rows.
  ///
  /// - Parameter sameEncoding: both databases store text in the same encoding, so that its bytes may be hashed as
  ///   they are stored.
  public static func ofRows(
    in relation: Relation, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    """
    SELECT count(*), \(sum(columns.map { $0.hashed(sameEncoding: sameEncoding) }))
    FROM \(relation.sql)\(SQL.filter(predicate))
    """
  }

  /// Row count alone.
  public static func ofCount(
    in relation: Relation, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    "SELECT count(*) FROM \(relation.sql)\(SQL.filter(predicate))"
  }

  /// Number of compressed tuples, the sum over them, and the rows that they hold.
  public static func ofTuples(
    in relation: Relation, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    """
    SELECT count(*), \(sum(columns.map { $0.hashedTuplePart(sameEncoding: sameEncoding) })),
      coalesce(sum(_ts_meta_count), 0)::text
    FROM \(relation.sql)\(SQL.filter(predicate))
    """
  }

  /// Row count and one sum for each column.
  public static func ofColumns(
    in relation: Relation, where predicate: SQL?, columns: [Column], sameEncoding: Bool
  ) -> SQL {
    let sums = columns.map { column in
      sum([column.hashed(sameEncoding: sameEncoding)])
    }
    return """
      SELECT count(*), \(sums.joined(separator: ", "))
      FROM \(relation.sql)\(SQL.filter(predicate))
      """
  }

  static func sum(_ columns: [HashedColumn]) -> SQL {
    var hashes: [SQL] = []
    var inRecord: [SQL] = []
    for (index, column) in columns.enumerated() {
      switch column {
      case .hash(let make): hashes.append(make(HashedColumn.seeds * (index + 1)))
      case .value(let value): inRecord.append(value)
      }
    }
    if !inRecord.isEmpty {
      hashes.append("hash_record_extended(ROW(\(inRecord.joined(separator: ", "))), 0)")
    }
    return "coalesce(sum(hashfloat8extended((\(hashes.joined(separator: " # ")))::float8, 0)), 0)::text"
  }
}

/// How a column's value goes into its row's hash.
enum HashedColumn {
  /// An expression for its hash, given a seed; never NULL.
  case hash((Int) -> SQL)
  /// A value whose hash function can't be called by name; a record's hash calls it.
  case value(SQL)

  /// What a function of one value and a seed makes of it.
  static func function(_ function: SQL, of value: SQL) -> HashedColumn {
    .hash { seed in "coalesce(\(function)(\(value), \(seed)), \(ofNull(seed)))" }
  }

  /// From a column's seed up to the next one's: each of them may be used once.
  static let seeds = 4

  static func ofNull(_ seed: Int) -> SQL { standIn(seed + seeds - 1) }

  /// The hash of something that has none: a constant, and one whose upper bits depend on the seed too.
  static func standIn(_ seed: Int) -> SQL { "hashint4extended(0, \(seed))" }
}

extension Column {
  /// The column as something whose hash doesn't depend on the database it is in, and is another one for every other
  /// value.
  ///
  /// Types whose hash function takes every byte are taken as they are. 64-bit numbers are folded into 32 bits by theirs,
  /// so their upper half is hashed beside them; floats tell 0 from -0 in another way (all NaN are one), and numerics and
  /// times go in in their wire form, as 1.0 and 1.00 hash alike. The rest goes in as text: types without a hash
  /// function, those whose hash is of OIDs that differ between databases (enums, regclass), and those for which different
  /// values hash alike on purpose (intervals, jsonb, arrays of different shape, types under a case-insensitive
  /// collation). The numbers are pg_type's.
  func hashed(sameEncoding: Bool) -> HashedColumn {
    switch builtinType {
    // bool has no hash function of its own up to PostgreSQL 17, and that of "char" depends on the machine.
    case 16, 18: .function("hashint4extended", of: "\(name)::int4")
    case 20: Self.hashed(integer: "\(name)")
    case 21: .function("hashint2extended", of: "\(name)")
    case 23: .function("hashint4extended", of: "\(name)")
    case 26: .function("hashoidextended", of: "\(name)")
    case 700: Self.hashed(float: "\(name)", with: "hashfloat4extended")
    case 701: Self.hashed(float: "\(name)", with: "hashfloat8extended")
    // cidr, inet
    case 650, 869: .function("hashinetextended", of: "\(name)")
    case 829: .function("hashmacaddrextended", of: "\(name)")
    case 2950: .function("uuid_hash_extended", of: "\(name)")
    case 1114: Self.hashed(timestamp: "\(name)")
    // A cast would go by the session's time zone, and the hash function of timestamptz has no name of its own up to
    // PostgreSQL 17.
    case 1184: Self.hashed(timestamp: "\(name) AT TIME ZONE interval '0'")
    // bytea, date
    case 17, 1082: .value("\(name)")
    case 1083: .value("time_send(\(name))")
    case 1266: .value("timetz_send(\(name))")
    case 1700: .value("numeric_send(\(name))")
    // "char"[]: as text its bytes from 0x80 on look different before PostgreSQL 15.
    case 1002: .function("hashtextextended", of: "\(name)::int4[]::text COLLATE \"C\"")
    default: asText(sameEncoding: sameEncoding)
    }
  }

  /// How a column of a compressed relation goes into a tuple's hash. The wire form of compressed data names types by name, so it is the
  /// same in every database.
  func hashedTuplePart(sameEncoding: Bool) -> HashedColumn {
    isCompressedData
      ? .value(Column.wireForm(ofBatch: "\(name)")) : hashed(sameEncoding: sameEncoding)
  }

  private func asText(sameEncoding: Bool) -> HashedColumn {
    sameEncoding
      ? .function("hashtextextended", of: "\(text) COLLATE \"C\"") : .value("convert_to(\(text), 'UTF8')")
  }

  /// What the type's output function says. A cast to text may be one that somebody made for a type of their own, which
  /// may tell different values alike. For a NULL, format would give an empty text.
  private var text: SQL {
    builtinType != nil
      ? "\(name)::text" : "CASE WHEN \(name) IS DISTINCT FROM NULL THEN format('%s', \(name)) END"
  }

  private static func hashed(integer value: SQL) -> HashedColumn {
    .hash { seed in
      """
      coalesce(hashint8extended(\(value), \(seed)) # hashint4extended((\(value) >> 32)::int4, \(seed + 1)),
        \(HashedColumn.ofNull(seed)))
      """
    }
  }

  private static func hashed(float value: SQL, with function: SQL) -> HashedColumn {
    .hash { seed in
      """
      CASE WHEN \(value) <> 0 THEN \(function)(\(value), \(seed))
        WHEN atan2(\(value), -1) > 0 THEN \(HashedColumn.standIn(seed + 1))
        WHEN \(value) = 0 THEN \(HashedColumn.standIn(seed + 2))
        ELSE \(HashedColumn.ofNull(seed)) END
      """
    }
  }

  /// The upper half of the microseconds since 2000 is what they are when cut to a multiple of 2^32; folding loses their
  /// sign besides. Where the hour is cut to doesn't matter, so long as every server does it in the same way: date_bin
  /// of some minor versions is off by one before its origin, and it fails for the last years that there are.
  private static func hashed(timestamp value: SQL) -> HashedColumn {
    let origin: SQL = "timestamp '4714-11-24 00:53:22.37568 BC'"
    return .hash { seed in
      """
      coalesce(timestamp_hash_extended(\(value), \(seed)) # timestamp_hash_extended(
        date_bin(interval '4294.967296 s', greatest(\(origin), least(\(value), timestamp '250000-01-01')), \(origin)),
        CASE WHEN \(value) < timestamp '2000-01-01' THEN \(seed + 1) ELSE \(seed + 2) END), \(HashedColumn.ofNull(seed)))
      """
    }
  }
}
