import Postgres
import TimescaleDB

/// Where the buckets of one of the source's aggregates begin: the newest ones, as a file has them.
struct ListedBuckets: Equatable {
  /// Equally spaced ones.
  struct Run: Equatable {
    var first: Int64
    var last: Int64
    var count: Int64
  }

  /// In the order of time.
  var runs: [Run]
  /// From when on all are listed; nil for all.
  var from: Int64?

  /// The first and the last in each gap of the target's rows, as `MissingRows.buckets`.
  ///
  /// - Throws: `PostgresError`.
  func buckets(
    _ missing: MissingRows, of aggregate: Watermark, on target: borrowing Connection
  ) throws(PostgresError) -> [(first: Int64, last: Int64)?] {
    guard let type = aggregate.timeType else { return [] }
    let window = missing.window
    let near = runs.filter { $0.last >= window.lower && $0.first < window.upper }
    let rows = ([Run(first: 0, last: 0, count: 0)] + near).map {
      "(\($0.first)::bigint, \($0.last)::bigint, \($0.count)::bigint)" as SQL
    }
    return try missing.buckets(
      of: aggregate,
      in: """
        (SELECT \(type.value(ofInternalValue: "v")) AS \(aggregate.timeColumn)
         FROM (VALUES \(rows.joined(separator: ", "))) AS run (first, last, count),
           generate_series(0, run.count - 1) AS i,
           LATERAL (SELECT run.first + i * ((run.last - run.first) / greatest(run.count - 1, 1)) AS v) AS bucket
         WHERE v >= \(window.lower) AND v < \(window.upper)) AS listed
        """, on: target)
  }
}
