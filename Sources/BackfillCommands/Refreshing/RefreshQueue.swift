import ChunkCatalog
import Postgres
import TimescaleDB

/// What `refresh-caggs` has to know of the queue: where copied buckets end, and which rows are still to come.
struct RefreshQueue {
  private let extents: [QualifiedName: [TaskExtent]]
  private let windows: [QualifiedName: [StagedWindow]]
  /// Whether there is a queue to write down the run in.
  let exists: Bool

  /// For a session that has the queue to itself. Refreshing needs no queue; without one nothing was staged.
  ///
  /// - Throws: `PostgresError`; `CommandFailure` for a queue that was staged between other databases.
  init(_ databases: borrowing Databases) throws {
    exists = try QueueSchema.exists(on: databases.target)
    guard exists else {
      extents = [:]
      windows = [:]
      return
    }
    if try !QueueSchema.isComplete(on: databases.target) {
      try databases.target.execute(QueueSchema.upgrade, doing: "bringing the queue up to date")
    }
    let differences = try Fingerprints.find(databases)
      .differencesFromStaged(databases, ofDatabaseOnly: true)
    guard differences.isEmpty else {
      throw CommandFailure.failed(.queue(.stagedElsewhere(differences, .refresh)))
    }
    extents = Dictionary(grouping: try TaskExtent.all(on: databases.target), by: \.hypertable)
    windows = Dictionary(grouping: try StagedWindow.all(on: databases.target), by: \.hypertable)
  }

  /// The end of what was staged of an aggregate, as an internal value: buckets before it come from the source, by
  /// copying, and are no business of a refresh. nil when nothing was staged.
  func end(of aggregate: Watermark) -> Int64? {
    let copied = (extents[aggregate.materialized] ?? []).compactMap { $0.time(aggregate.timeColumn)?.upper }
    return (copied + (windows[aggregate.materialized] ?? []).map(\.time.range.upper)).max()
  }

  /// The chunks that an aggregate is computed from, itself or through others, and that aren't copied.
  ///
  /// - Parameters:
  ///   - range: the time that is to be computed.
  ///   - hypertables: the source's, by their ids.
  func uncopied(
    under aggregate: Watermark, in range: Dimension.Range, _ hypertables: [Int64: Hypertable]
  ) -> [QualifiedName] {
    var names: [QualifiedName] = []
    var seen: Set<Int64> = [aggregate.materializedID]
    var next = hypertables[aggregate.rawHypertableID]
    while let hypertable = next, seen.insert(hypertable.id).inserted {
      for task in extents[hypertable.name] ?? [] where !task.isCopied {
        // Where it lies isn't known of what another tool staged.
        let time = hypertable.timeDimension.flatMap { task.time($0.column) }
        if time?.overlaps(range) ?? true { names.append(task.chunk) }
      }
      next = hypertable.rawHypertableID.flatMap { hypertables[$0] }
    }
    return names
  }
}
