internal import Postgres
internal import TimescaleDB

/// What a task covers of its hypertable, as the queue tells it.
struct TaskCoverage {
  /// The type of the time dimension as staging noted it; nil where that can't be read.
  let timeType: String?
  /// In internal values; nil where that can't be read.
  let time: Dimension.Range?
  /// Which part of how many, of a chunk that is copied in parts.
  let part: NotableTask.Part?

  /// Reads the columns that `columns` yields.
  init(_ row: Row) throws(PostgresError) {
    timeType = try row.optionalText("time_type")
    let bounds = TaskBounds(
      lower: try row.optionalInteger("lower_bound"), upper: try row.optionalInteger("upper_bound"))
    let lower = try row.optionalText("range_start").flatMap { Int64($0) }
    let upper = try row.optionalText("range_end").flatMap { Int64($0) }
    time =
      if let lower, let upper { bounds.part(of: Dimension.Range(lower: lower, upper: upper)) } else { nil }
    let count = try row.optionalInteger("parts")
    part = try row.optionalInteger("part").map { NotableTask.Part(number: $0, count: count) }
  }

  /// A select list over `__backfill.task`.
  static func columns(_ shape: QueueShape) -> SQL {
    func column(_ name: String, _ type: SQL) -> SQL { shape.column("task", name, type) }
    let parts: SQL =
      shape.reads("split") && shape.hasColumn("task", "split")
      ? "(SELECT s.parts FROM __backfill.split AS s WHERE s.id = task.split)" : "NULL::integer"
    return """
      dimensions -> 0 ->> 'column_type' AS time_type, dimensions -> 0 ->> 'range_start' AS range_start,
        dimensions -> 0 ->> 'range_end' AS range_end, \(column("lower_bound", "bigint")) AS lower_bound,
        \(column("upper_bound", "bigint")) AS upper_bound, \(column("part", "integer")) AS part, \(parts) AS parts
      """
  }
}
