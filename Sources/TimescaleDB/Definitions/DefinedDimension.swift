public import Postgres

/// A dimension with all that it was defined with.
public struct DefinedDimension: Sendable, Equatable {
  public var column: Identifier
  /// What is cut is a whole number, not a time.
  public var isInteger: Bool
  /// Of an open dimension: how long a chunk is, in microseconds where time is cut.
  public var interval: Int64?
  /// Of a closed dimension.
  public var partitions: Int64?
  /// nil for none, or the one that closed dimensions have if nothing else is said.
  public var function: QualifiedName?
  /// Says what the present is, where whole numbers are cut.
  public var integerNow: QualifiedName?

  public init(
    column: Identifier, isInteger: Bool = false, interval: Int64? = nil, partitions: Int64? = nil,
    function: QualifiedName? = nil, integerNow: QualifiedName? = nil
  ) {
    self.column = column
    self.isInteger = isInteger
    self.interval = interval
    self.partitions = partitions
    self.function = function
    self.integerNow = integerNow
  }

  /// A length of this dimension as a value: an interval, or a number.
  func value(of length: Int64) -> SQL {
    isInteger ? "\(length)::bigint" : "interval \(Self.text(ofMicroseconds: length))"
  }

  /// The same as an option's text.
  func text(of length: Int64) -> String {
    isInteger ? "\(length)" : Self.text(ofMicroseconds: length)
  }

  private static func text(ofMicroseconds length: Int64) -> String {
    let (day, second): (Int64, Int64) = (86_400_000_000, 1_000_000)
    if length % day == 0 { return "\(length / day) days" }
    return length % second == 0 ? "\(length / second) seconds" : "\(length) microseconds"
  }

  /// A call of by_range or by_hash.
  ///
  /// - Parameter schema: of TimescaleDB's public functions.
  func info(schema: Identifier) -> SQL {
    let function: SQL = self.function.map { ", \($0.description)::regproc" } ?? ""
    guard let interval else {
      return "\(schema).by_hash(\(column.name), \(partitions ?? 1)\(function))"
    }
    return "\(schema).by_range(\(column.name), \(value(of: interval))\(function))"
  }

  /// A hypertable's dimensions as parallel arrays: a select list over the catalog's table as `d`.
  static let arrays: SQL = """
    array_agg(d.column_name::text ORDER BY d.id) AS dimension_columns,
      array_agg(coalesce(f.prorettype, d.column_type) IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) ORDER BY d.id)
        AS dimensions_integer,
      array_agg(coalesce(d.interval_length, 0) ORDER BY d.id) AS interval_lengths,
      array_agg(coalesce(d.num_slices, 0) ORDER BY d.id) AS partitions,
      array_agg(CASE WHEN d.partitioning_func = 'get_partition_hash' THEN '' ELSE coalesce(d.partitioning_func_schema, '') END
        ORDER BY d.id) AS function_schemas,
      array_agg(coalesce(d.partitioning_func, '')::text ORDER BY d.id) AS functions,
      array_agg(coalesce(d.integer_now_func_schema, '')::text ORDER BY d.id) AS now_schemas,
      array_agg(coalesce(d.integer_now_func, '')::text ORDER BY d.id) AS now_functions,
      max(d.compress_interval_length) AS compress_interval
    """

  /// For `arrays`: the function that makes a time of a column, if there is one.
  static let functionJoin: SQL = """
    LEFT JOIN LATERAL (SELECT p.prorettype FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
      WHERE d.interval_length IS NOT NULL AND n.nspname = d.partitioning_func_schema AND p.proname = d.partitioning_func
      LIMIT 1) AS f ON true
    """

  /// Reads the columns that `arrays` yields.
  static func all(in row: Row) throws(PostgresError) -> [DefinedDimension] {
    let columns = try row.texts("dimension_columns")
    let integers = try row.flags("dimensions_integer")
    let intervals = try row.integers("interval_lengths")
    let partitions = try row.integers("partitions")
    let (schemas, functions) = (try row.texts("function_schemas"), try row.texts("functions"))
    let (nowSchemas, nows) = (try row.texts("now_schemas"), try row.texts("now_functions"))
    return columns.indices.map { place in
      DefinedDimension(
        column: Identifier(columns[place]), isInteger: integers[place],
        interval: intervals[place] == 0 ? nil : intervals[place],
        partitions: partitions[place] == 0 ? nil : partitions[place],
        function: schemas[place].isEmpty ? nil : QualifiedName(schemas[place], functions[place]),
        integerNow: nows[place].isEmpty ? nil : QualifiedName(nowSchemas[place], nows[place]))
    }
  }
}
