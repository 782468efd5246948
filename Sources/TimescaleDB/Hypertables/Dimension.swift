public import Postgres

/// One dimension by which a hypertable is cut into chunks.
public struct Dimension: Sendable, Equatable {
  public let column: Identifier
  /// As format_type writes it, with its schema unless it is PostgreSQL's own.
  public let type: String
  /// Open dimensions are cut by time (or another growing number); closed ones into a number of partitions.
  public let isOpen: Bool
  /// What turns the column's value into the number that is cut, where there is such a function.
  public let partitioningFunction: QualifiedName?

  public init(column: Identifier, type: String, isOpen: Bool, partitioningFunction: QualifiedName?) {
    self.column = column
    self.type = type
    self.isOpen = isOpen
    self.partitioningFunction = partitioningFunction
  }

  /// A hypertable's dimensions as parallel arrays: a select list over the catalog's table as `d`.
  static let arrays: SQL = """
    array_agg(d.column_name ORDER BY d.id) AS dimension_columns,
      array_agg(format_type(d.column_type, NULL) ORDER BY d.id) AS dimension_types,
      array_agg(d.interval_length IS NOT NULL ORDER BY d.id) AS dimensions_open,
      array_agg(coalesce(d.partitioning_func_schema, '') ORDER BY d.id) AS function_schemas,
      array_agg(coalesce(d.partitioning_func, '') ORDER BY d.id) AS functions
    """

  /// Reads the columns that `arrays` yields.
  static func all(in row: Row) throws(PostgresError) -> [Dimension] {
    let names = try row.texts("dimension_columns")
    let types = try row.texts("dimension_types")
    let open = try row.flags("dimensions_open")
    let schemas = try row.texts("function_schemas")
    let functions = try row.texts("functions")
    return names.indices.map { index in
      Dimension(
        column: Identifier(names[index]), type: types[index], isOpen: open[index],
        partitioningFunction: functions[index].isEmpty
          ? nil : QualifiedName(schemas[index], functions[index]))
    }
  }

  /// nil for a type that this program can't compare with a point of time, and for time that comes out of a
  /// partitioning function.
  public var timeType: TimeType? {
    isOpen && partitioningFunction == nil ? TimeType(rawValue: type) : nil
  }

  /// `lower <= value < upper` on this dimension's column.
  public func predicate(_ range: Range) -> Predicate {
    if isOpen {
      guard let timeType else { return range.isUnbounded ? .everything : .inexpressible }
      var parts: [SQL] = []
      if !timeType.isBeyondRange(range.lower) {
        parts.append("\(column) >= \(timeType.constant(range.lower))")
      }
      if !timeType.isBeyondRange(range.upper) {
        parts.append("\(column) < \(timeType.constant(range.upper))")
      }
      return parts.isEmpty ? .everything : .condition(parts.joined(separator: " AND "))
    }
    guard let function = partitioningFunction else {
      return range.isUnbounded ? .everything : .inexpressible
    }
    guard !range.isUnbounded else { return .everything }
    var parts: [SQL] = []
    if range.lower != .min { parts.append("\(function)(\(column)) >= \(range.lower)") }
    if range.upper != .max { parts.append("\(function)(\(column)) < \(range.upper)") }
    let condition = parts.joined(separator: " AND ")
    // A row without a value is in the partition of 0 (ts_hyperspace_calculate_point, src/dimension.c).
    guard range.lower <= 0, range.upper > 0 else { return .condition(condition) }
    return .condition("(\(condition) OR \(function)(\(column)) IS NULL)")
  }

  public enum Predicate: Sendable, Equatable {
    case everything
    case condition(SQL)
    case inexpressible
  }

  /// A half-open range of internal values; `Int64.min` and `.max` stand for no bound.
  public struct Range: Sendable, Equatable, Hashable {
    public var lower: Int64
    public var upper: Int64

    public init(lower: Int64, upper: Int64) {
      self.lower = lower
      self.upper = upper
    }

    public var isUnbounded: Bool { lower == .min && upper == .max }

    public func overlaps(_ other: Range) -> Bool { lower < other.upper && other.lower < upper }

    /// What both have; its bounds cross where they don't overlap.
    public func intersection(_ other: Range) -> Range {
      Range(lower: max(lower, other.lower), upper: min(upper, other.upper))
    }

    public func contains(_ other: Range) -> Bool { lower <= other.lower && other.upper <= upper }

    /// Whether the ranges together leave nothing of this one out.
    public func isCovered(by ranges: [Range]) -> Bool {
      var covered = lower
      for range in ranges.sorted(by: { $0.lower < $1.lower }) where range.upper > covered {
        if covered >= upper || range.lower > covered { break }
        covered = range.upper
      }
      return covered >= upper
    }
  }
}

extension [Dimension] {
  /// The place of the dimension that `--until` and `--from` are about: the first open one.
  public var timeIndex: Int? { firstIndex { $0.isOpen } }
}
