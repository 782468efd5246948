import ChunkCatalog
import Postgres
import TimescaleDB

/// What `refresh-caggs` has to know of the queue: where copied buckets end, and which rows are still to come.
struct RefreshQueue {
  private let extents: [QualifiedName: [TaskExtent]]
  private let windows: [QualifiedName: [StagedWindow]]
  /// The target's hypertables, by TimescaleDB's numbers.
  private let targets: Set<Int64>
  /// Whether there is a queue to write down the run in.
  let exists: Bool

  /// For a session that has the queue to itself. Refreshing needs no queue; without one nothing was staged.
  ///
  /// - Parameter hypertables: the target's.
  /// - Throws: `PostgresError`; `CommandFailure` for a queue that was staged between other databases.
  init(_ source: SourceAggregates, _ hypertables: [Hypertable], on target: borrowing Connection) throws {
    exists = try QueueSchema.exists(on: target)
    guard exists else {
      extents = [:]
      windows = [:]
      targets = []
      return
    }
    try QueueSchema.bringUpToDate(on: target)
    let fingerprints = Fingerprints(source: source.fingerprint, target: try Fingerprint.find(on: target))
    let differences = try fingerprints.differencesFromStaged(on: target, ofDatabaseOnly: true)
    guard differences.isEmpty else {
      throw CommandFailure.failed(.queue(.stagedElsewhere(differences, .refresh)))
    }
    extents = Dictionary(grouping: try TaskExtent.all(on: target), by: \.hypertable)
    targets = Set(hypertables.map(\.id))
    windows = Dictionary(grouping: try StagedWindow.all(on: target), by: \.hypertable)
  }

  /// The end of what was staged of an aggregate, as an internal value: buckets before it come from the source, by
  /// copying, and are no business of a refresh. nil when nothing was staged.
  func end(of aggregate: Watermark) -> Int64? {
    let copied = (extents[aggregate.materialized] ?? []).compactMap { $0.time(aggregate.timeColumn)?.upper }
    return (copied + (windows[aggregate.materialized] ?? []).map(\.time.range.upper)).max()
  }

  /// Whether buckets were copied into an aggregate before the target's, which was made in its place.
  ///
  /// - Parameter own: the target's.
  func wentWith(_ aggregate: Watermark, before own: Watermark) -> Bool {
    (extents[aggregate.materialized] ?? []).contains { $0.isLost(to: own.materializedID) }
  }

  private func isGone(_ task: TaskExtent) -> Bool { task.copiedInto.map { !targets.contains($0) } ?? false }

  /// The chunks that an aggregate is computed from, itself or through others, and that aren't copied, or were into a
  /// hypertable that the target has dropped.
  ///
  /// - Parameters:
  ///   - range: the time that is to be computed.
  ///   - links: the source's hypertables, by their ids.
  func uncopied(
    under aggregate: Watermark, in range: Dimension.Range, _ links: [Int64: SourceAggregates.Link]
  ) -> [QualifiedName] {
    var names: [QualifiedName] = []
    var seen: Set<Int64> = [aggregate.materializedID]
    var next: Int64? = aggregate.rawHypertableID
    while let id = next, let hypertable = links[id], seen.insert(id).inserted {
      for task in extents[hypertable.name] ?? [] where !task.isCopied || isGone(task) {
        // Where it lies isn't known of what another tool staged.
        let time = hypertable.timeColumn.flatMap { task.time($0) }
        if time?.overlaps(range) ?? true { names.append(task.chunk) }
      }
      next = hypertable.rawHypertableID
    }
    return names
  }
}
