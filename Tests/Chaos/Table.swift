/// One hypertable or continuous aggregate of the databases that are migrated, and how it is judged at the end.
struct Table: Sendable {
  let name: String
  var time = "time"
  /// Until where it is copied, as `--until` and as a literal.
  var until = Ground.until
  /// Whether the faults may drop its chunks on the source.
  var isRetained = false

  var untilLiteral: String { until.contains("-") ? "'\(until)'" : until }
  var copied: String { "\(time) < \(untilLiteral)" }
  var live: String { "\(time) >= \(untilLiteral)" }
}
