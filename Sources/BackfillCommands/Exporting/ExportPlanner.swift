import Archive
import Postgres
import TimescaleDB

/// What is to be exported: by the selection and the window of `stage`.
struct ExportPlanner {
  let request: Export
  let installation: Installation
  let reporter: any Reporter

  /// What is selected, and between which times.
  struct Scope {
    let chosen: [Hypertable]
    let bounds: TimeBounds
  }

  /// What a scope comes to.
  struct Plan {
    let tasks: [Task]
    let bounds: TimeBounds
    /// Hypertables that have rows in object storage, by their numbers.
    let tiered: Set<Int64>
  }

  /// A chunk of the source, or the part of it that lies in the window.
  struct Task: Sendable {
    let name: String
    let hypertable: Hypertable
    let chunk: Chunk
    /// `Int64.min` and `.max` stand for the chunk's own bounds.
    let range: Dimension.Range

    var box: Box {
      var box = Box(chunk.slices)
      if let index = hypertable.dimensions.timeIndex {
        box.ranges[index] = box.ranges[index].intersection(range)
      }
      return box
    }
  }

  /// Asks before a snapshot is taken: a text that no type can read would end its transaction.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  func scope(on source: borrowing Connection) throws -> Scope {
    let (chosen, excludesNothing) = try request.selection.some(
      of: try Hypertable.all(on: source), on: source)
    if excludesNothing { reporter.report(.warning(.selection(.nothingExcluded))) }
    let bounds = try TimeBounds(
      from: request.from, until: request.until, hypertables: chosen, on: source)
    for finding in bounds.notes { reporter.report(.note(.time(finding))) }
    for text in bounds.inFuture { reporter.report(.warning(.time(.future(until: text)))) }
    if !bounds.leftOut.isEmpty {
      reporter.report(
        .warning(.time(.leftOut(from: request.from, until: request.until.general, bounds.leftOut))))
    }
    let known = chosen.filter { bounds.apply(to: $0) }
    let policies = try RowSecurity.find(on: source, Set(known.map(\.name)))
    try Checklist([policies]).refuse()
    return Scope(chosen: known, bounds: bounds)
  }

  /// Reads, in the open transaction, which chunks there are.
  ///
  /// - Throws: `PostgresError`.
  func plan(
    _ scope: Scope, on source: borrowing Connection
  ) throws(PostgresError) -> Plan {
    let chunks = try Chunk.all(
      of: scope.chosen.map(\.id), withContents: true, capabilities: installation.capabilities, on: source)
    let bounds = scope.bounds.clipped(to: try Watermark.all(on: source))
    let pairs = scope.chosen.map { hypertable in
      HypertablePair(
        source: hypertable, target: hypertable, order: Array(hypertable.dimensions.indices), compresses: false
      )
    }
    let plan = StagePlan(pairs: pairs, bounds: bounds, chunks: chunks, targetChunks: [])
    for finding in plan.tieredChunks { reporter.report(.warning(.staging(finding))) }
    let tasks = plan.work.map { work in
      Task(
        name: ArchivedChunk.name(
          of: work.chunk.name, hypertable: work.pair.source.name,
          slices: zip(work.pair.source.dimensions, work.chunk.slices).map { ($0.column, $1) },
          range: work.range), hypertable: work.pair.source, chunk: work.chunk, range: work.range)
    }
    return Plan(tasks: tasks, bounds: bounds, tiered: chunks.tieredHypertables)
  }

  /// The hypertables as the manifest has them.
  ///
  /// - Throws: `PostgresError`.
  func archived(
    _ scope: Scope, _ plan: Plan, on source: borrowing Connection
  ) throws(PostgresError) -> [ArchivedHypertable] {
    let columns = try RelationColumns.all(
      of: scope.chosen, capabilities: installation.capabilities, on: source)
    let intervals = try ChunkIntervals.all(on: source)
    let definitions = try AggregateDefinition.all(
      of: scope.chosen.filter { $0.aggregate != nil }.map(\.id), on: source)
    let watermarks = Dictionary(
      try Watermark.all(on: source).map { ($0.materializedID, $0.value) },
      uniquingKeysWith: { first, _ in first })
    return scope.chosen.map { hypertable in
      ArchivedHypertable(
        hypertable: hypertable,
        intervals: intervals[hypertable.id] ?? hypertable.dimensions.map { _ in nil },
        columns: columns[hypertable.id]?.columns ?? [],
        compresses: columns[hypertable.id]?.compresses ?? false, window: plan.bounds.range(for: hypertable),
        isTiered: plan.tiered.contains(hypertable.id), definition: definitions[hypertable.id],
        watermark: watermarks[hypertable.id] ?? nil)
    }
  }
}

extension Export {
  /// What has to be the same in every run on an archive.
  var archived: Manifest.Request {
    Manifest.Request(
      until: [until.general] + until.exceptions.map { "\($0.relation)=\($0.until)" }.sorted(), from: from,
      filter: selection.filter, exclude: selection.exclude, cascadeUp: selection.cascadeUp,
      cascadeDown: selection.cascadeDown, asRows: asRows)
  }
}
