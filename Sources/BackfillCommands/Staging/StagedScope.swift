import ChunkCatalog
import Postgres
import TimescaleDB

/// What one staging is about, whatever chunks there are: noted with the tasks, for those commands that have to know it
/// later.
struct StagedScope {
  private let windows: [StagedWindow]
  private let columns: [QualifiedName: Identifier]

  init(_ hypertables: [Hypertable], bounds: TimeBounds, snapshot: String?) {
    windows = hypertables.compactMap { hypertable in
      bounds.range(for: hypertable).map {
        StagedWindow(hypertable: hypertable.name, time: TaskBounds($0), snapshot: snapshot)
      }
    }
    columns = Dictionary(
      hypertables.compactMap { hypertable in hypertable.timeDimension.map { (hypertable.name, $0.column) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// - Parameter dropped: times of uncopied tasks that this staging has taken out, by hypertable.
  /// - Throws: `PostgresError`.
  func record(
    dropped: [QualifiedName: [Dimension.Range]], on target: borrowing Connection
  ) throws(PostgresError) {
    try StagedWindow.record(windows, columns: columns, dropped: dropped, on: target)
    try target.execute(StagedAggregate.record, doing: "writing what is staged")
  }
}
