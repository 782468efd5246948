public import Postgres

/// A column of a relation, with what decides how its values travel and are compared.
public struct Column: Sendable, Equatable {
  public let name: Identifier
  /// As format_type writes it, type modifier included.
  public let type: String
  /// pg_attribute.attnum.
  public let number: Int64
  /// Computed by the server (stored or virtual), so never written.
  public let isGenerated: Bool
  /// Whether COPY BINARY can carry the type to another database: false for types without send or receive function
  /// and for those whose binary form holds OIDs that another database has given to something else.
  public let hasPortableBinaryForm: Bool
  /// Whether compressed batches mean the same in another database. A batch holds its values in binary form, also when it
  /// is copied as text, or as text where the type has no binary form; what it can't hold is OIDs (regclass and so on),
  /// and values whose inner types have no binary form, such as aclitem[], can't be taken out of the server at all.
  public let hasPortableBatches: Bool
  /// The type's OID where it is one of PostgreSQL's own, which are the same everywhere; nil for others.
  public let builtinType: Int64?
  /// A collation applies to the type.
  public let isCollatable: Bool
  /// What rows read that are older than the column (pg_attribute.attmissingval, ADD COLUMN ... DEFAULT); nil where there
  /// is nothing of the kind. Compressed batches that are older than the column are read with it too.
  public let missingValue: String?

  /// What sorts the column's texts: provider, locale and the version in use; "C" wherever texts are sorted by their
  /// bytes, "default" for the database's own (`Installation.defaultCollation`), empty for a type that has no collation.
  public let collation: String
  /// What a type that isn't PostgreSQL's own is made of: attributes of composites, base types of domains, subtypes of
  /// ranges, at every depth. Types of one name may differ here. Empty for PostgreSQL's own.
  public let typeDefinition: String
  /// The labels of the enums in the type, in their order. Empty where there is none.
  public let enumOrder: String

  public init(
    name: Identifier, type: String, number: Int64, isGenerated: Bool, hasPortableBinaryForm: Bool,
    hasPortableBatches: Bool, builtinType: Int64?, isCollatable: Bool, missingValue: String?,
    collation: String = "", typeDefinition: String = "", enumOrder: String = ""
  ) {
    self.name = name
    self.type = type
    self.number = number
    self.isGenerated = isGenerated
    self.hasPortableBinaryForm = hasPortableBinaryForm
    self.hasPortableBatches = hasPortableBatches
    self.builtinType = builtinType
    self.isCollatable = isCollatable
    self.missingValue = missingValue
    self.collation = collation
    self.typeDefinition = typeDefinition
    self.enumOrder = enumOrder
  }

  /// Whether both columns hold the same type, whatever it is called by: the name and what it is made of.
  public func hasSameType(as other: Column) -> Bool {
    type.hasSameBytes(as: other.type) && typeDefinition.hasSameBytes(as: other.typeDefinition)
  }

  /// Holds batches of a column's values, in a compressed chunk's relation.
  public var isCompressedData: Bool { type == "_timescaledb_internal.compressed_data" }

  /// Holds bloom filters of the batches' values (from 2.20).
  public var isBloomFilter: Bool { type == "_timescaledb_internal.bloom1" }

  /// A batch of a column's values as it travels: its first byte is the number of its algorithm
  /// (tsl/src/compression/compression.h).
  public static func wireForm(ofBatch batch: SQL) -> SQL {
    "_timescaledb_functions.compressed_data_send(\(batch))"
  }

  /// The columns of one relation as parallel arrays, to stand as a scalar subquery's FROM in a larger question
  /// (`all(in:)` reads them). `relation` is an expression for the relation's OID.
  static func arrays(of relation: SQL) -> SQL {
    "SELECT \(facts) FROM \(all) WHERE a.attrelid = \(relation) AND \(isColumn)"
  }

  /// The same for two relations at once, of which `second` may be NULL (`both(in:)` reads them). What stands in a question
  /// twice is also set up twice each time that it is asked, which for a small chunk is most of its cost.
  static func arrays(of first: SQL, and second: SQL) -> SQL {
    """
    SELECT array_agg(a.attrelid <> \(first)) AS of_second, \(facts)
    FROM \(all) WHERE a.attrelid IN (\(first), \(second)) AND \(isColumn)
    """
  }

  /// In no order: sorting an array takes longer than making it, and the reader is told the columns' numbers.
  private static let facts: SQL = """
    array_agg(a.attname) AS names,
      array_agg(format_type(a.atttypid, a.atttypmod)) AS types,
      array_agg(a.attnum::int8) AS numbers,
      array_agg(a.attgenerated <> '') AS generated,
      array_agg(\(portable)) AS portable,
      array_agg(a.atttypid::int8) AS type_oids,
      array_agg(t.typcollation <> 0) AS collatable,
      array_agg(CASE WHEN a.atthasmissing THEN a.attmissingval::text ELSE '' END) AS missing,
      array_agg(\(portableBatches)) AS portable_batches,
      array_agg(\(collationInUse)) AS collations,
      array_agg(coalesce(made.definition, '')) AS definitions,
      array_agg(coalesce(made.enum_order, '')) AS enum_orders
    """

  private static let all: SQL = """
    pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (\(parts)) AS made
    """

  private static let isColumn: SQL = "a.attnum > 0 AND NOT a.attisdropped"

  /// Reads what `arrays(of:)` yields: the columns in the relation's order.
  ///
  /// - Throws: `PostgresError`.
  public static func all(in row: Row) throws(PostgresError) -> [Column] {
    try unordered(in: row).sorted { $0.number < $1.number }
  }

  /// Reads what `arrays(of:and:)` yields: each relation's columns in its order.
  ///
  /// - Throws: `PostgresError`.
  static func both(in row: Row) throws(PostgresError) -> (first: [Column], second: [Column]) {
    let columns = zip(try unordered(in: row), try row.flags("of_second"))
      .sorted { $0.0.number < $1.0.number }
    return (columns.filter { !$0.1 }.map(\.0), columns.filter(\.1).map(\.0))
  }

  private static func unordered(in row: Row) throws(PostgresError) -> [Column] {
    let names = try row.texts("names")
    let types = try row.texts("types")
    let numbers = try row.integers("numbers")
    let generated = try row.flags("generated")
    let portable = try row.flags("portable")
    let oids = try row.integers("type_oids")
    let collatable = try row.flags("collatable")
    let missing = try row.texts("missing")
    let batches = try row.flags("portable_batches")
    let collations = try row.texts("collations")
    let definitions = try row.texts("definitions")
    let enumOrders = try row.texts("enum_orders")
    return names.indices.map { index in
      Column(
        name: Identifier(names[index]), type: types[index], number: numbers[index],
        isGenerated: generated[index], hasPortableBinaryForm: portable[index],
        hasPortableBatches: batches[index],
        builtinType: oids[index] < firstNormalOID ? oids[index] : nil, isCollatable: collatable[index],
        missingValue: missing[index].isEmpty ? nil : missing[index], collation: collations[index],
        typeDefinition: definitions[index], enumOrder: enumOrders[index])
    }
  }

  /// OIDs below are PostgreSQL's own (FirstNormalObjectId, access/transam.h).
  private static let firstNormalOID: Int64 = 16384

  /// PostgreSQL's own types are judged by themselves; for others everything they are made of is looked at.
  /// The reg* types (regproc, regclass and so on) are OIDs by another name.
  private static let portable = ofBuiltin(isExchangeable, otherwise: "made.portable")

  private static let portableBatches = ofBuiltin(
    "NOT \(isRegistration("t.oid"))", otherwise: "made.portable_batches")

  /// A condition on a column's type `t`, and on its elements' where it is an array; otherwise what `parts` found.
  private static func ofBuiltin(_ condition: SQL, otherwise found: SQL) -> SQL {
    """
    CASE WHEN a.atttypid < 16384 THEN
      \(condition) AND (t.typcategory <> 'A'
        OR (SELECT \(isExchangeable) FROM pg_type AS e JOIN pg_type AS t ON t.oid = e.typelem WHERE e.oid = a.atttypid))
    ELSE \(found) END
    """
  }

  /// What follows from the type of a column `a` and every type that it is made of: one row, of NULLs for PostgreSQL's
  /// own types, for which no walk is begun. One walk answers for all, as planning and starting it is most of what the
  /// question about a chunk takes.
  private static let parts: SQL = """
    WITH RECURSIVE part (type, nested) AS (
        SELECT a.atttypid, false
        UNION
        SELECT inner_type.type, part.nested OR inner_type.nests
        FROM part JOIN pg_type AS t ON t.oid = part.type
        CROSS JOIN LATERAL (
          SELECT t.typbasetype, false WHERE t.typtype = 'd'
          UNION ALL
          SELECT t.typelem, true WHERE t.typelem <> 0 AND t.typcategory = 'A'
          UNION ALL
          SELECT f.atttypid, true FROM pg_attribute AS f
          WHERE t.typtype = 'c' AND f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped
          UNION ALL
          SELECT r.rngsubtype, false FROM pg_range AS r WHERE t.typtype = 'r' AND r.rngtypid = t.oid
          UNION ALL
          SELECT r.rngtypid, false FROM pg_range AS r WHERE t.typtype = 'm' AND r.rngmultitypid = t.oid
        ) AS inner_type (type, nests)
      )
      SELECT bool_and(\(isExchangeable) AND NOT (part.nested AND part.type >= 16384)) AS portable,
        bool_and(\(isExchangeable) OR NOT part.nested AND NOT \(isRegistration("t.oid"))) AS portable_batches,
        string_agg(\(definition), '; ' ORDER BY format_type(t.oid, NULL) COLLATE "C")
          FILTER (WHERE t.oid >= 16384 AND t.typtype <> 'b') AS definition,
        string_agg(e.labels, '; ' ORDER BY e.labels COLLATE "C") AS enum_order
      FROM part JOIN pg_type AS t ON t.oid = part.type
      CROSS JOIN LATERAL (
        SELECT string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder) AS labels
        FROM pg_enum AS l WHERE l.enumtypid = part.type
      ) AS e
      WHERE a.atttypid >= 16384
    """

  private static let definition: SQL = """
    concat_ws(' ', format_type(t.oid, NULL), t.typtype, format_type(nullif(t.typbasetype, 0), t.typtypmod),
      (SELECT string_agg(format('%I %s', f.attname, format_type(f.atttypid, f.atttypmod)), ', ' ORDER BY f.attnum)
       FROM pg_attribute AS f
       WHERE t.typtype = 'c' AND f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped),
      (SELECT format_type(r.rngsubtype, NULL) FROM pg_range AS r WHERE r.rngtypid = t.oid))
    """

  /// The columns of pg_collation that name the locale differ between PostgreSQL's versions.
  private static let collationInUse: SQL = """
    CASE WHEN a.attcollation = 0 THEN '' WHEN a.attcollation = 100 THEN 'default' ELSE (
      SELECT CASE WHEN n.collprovider IN ('b', 'c') AND n.locale IN ('C', 'POSIX') THEN 'C'
        ELSE concat_ws(' ', n.collprovider, n.locale, n.collisdeterministic, n.rules, pg_collation_actual_version(n.oid)) END
      FROM (
        SELECT c.oid, c.collprovider, c.collisdeterministic, j ->> 'collicurules' AS rules,
          coalesce(j ->> 'colllocale', j ->> 'colliculocale', j ->> 'collcollate') AS locale
        FROM pg_collation AS c CROSS JOIN LATERAL to_jsonb(c) AS j WHERE c.oid = a.attcollation
      ) AS n) END
    """

  private static let isExchangeable: SQL =
    "(t.typsend <> 0 AND t.typreceive <> 0 AND NOT \(isRegistration("t.oid")))"

  private static func isRegistration(_ type: SQL) -> SQL {
    "(\(type) IN (24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191))"
  }
}
