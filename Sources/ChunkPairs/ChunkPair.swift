public import ChunkCatalog
public import Postgres
public import TimescaleDB

/// A task's chunk on both sides, as the two databases describe it.
public struct ChunkPair: Sendable {
  public var source: ChunkDescription
  /// nil when no chunk of the target has the source chunk's slices; rows then go through the hypertable.
  public var target: ChunkDescription?
  public var targetHypertable: QualifiedName
  /// Its number in TimescaleDB's catalog; nil where nothing is copied.
  public var targetHypertableID: Int64?
  /// The columns of the hypertable on the target.
  public var targetColumns: [Column]
  /// Whether the target's hypertable has compression turned on.
  public var targetCompresses: Bool
  /// The task's part of the chunk.
  public var bounds: TaskBounds
  /// An aggregate on the target's hypertable was refreshed for a time of the task since that was staged, perhaps over
  /// rows that weren't there. What is copied has to be logged, or no refresh would look at it again.
  public var wasRefreshed: Bool
  /// The task's time, where a refresh that comes before the task's commit would compute without its rows, and no later
  /// one would look at it again.
  public var unloggedTime: Dimension.Range?

  public init(
    source: ChunkDescription, target: ChunkDescription?, targetHypertable: QualifiedName,
    targetColumns: [Column], targetCompresses: Bool, bounds: TaskBounds, wasRefreshed: Bool = false
  ) {
    self.source = source
    self.target = target
    self.targetHypertable = targetHypertable
    self.targetColumns = targetColumns
    self.targetCompresses = targetCompresses
    self.bounds = bounds
    self.wasRefreshed = wasRefreshed
  }

  /// A task's chunk as both sides have just described it.
  init(_ task: BackfillTask, source: ChunkDescription, target: TargetDescription) {
    let time = source.time(within: task.bounds)
    self.init(
      source: source, target: target.chunk, targetHypertable: task.targetHypertable,
      targetColumns: target.columns, targetCompresses: target.compresses, bounds: task.bounds,
      wasRefreshed: target.refreshes.ranges.contains { $0.overlaps(time) })
    targetHypertableID = target.hypertableID
    if target.refreshes.mayFollow, !wasRefreshed { unloggedTime = time }
  }
}

extension ChunkPair {
  /// Whether the task covers all that the chunk can hold.
  public var isWholeChunk: Bool { source.isCovered(by: bounds) }

  /// Which columns of the source's chunk belong to which of the target's hypertable.
  ///
  /// - Throws: `ChunkProblem.columns` where rows of one aren't rows of the other.
  public func columns() throws(ChunkProblem) -> [(source: Column, target: Column)] {
    let agreement = ColumnAgreement(source: source.columns, target: targetColumns)
    if let difference = agreement.differences.first {
      throw .columns(difference, target: targetHypertable)
    }
    return agreement.pairs
  }

  /// `from <= time < until` for the task's part of the chunk; nil when that is all of it.
  public func timePredicate() throws(ChunkProblem) -> SQL? {
    guard !bounds.isWholeChunk, let index = source.timeIndex else { return nil }
    return try Self.condition(source.dimensions[index], bounds.range)
  }

  /// Exactly the chunk's box in all dimensions, cut to the task's range: what the rows of the chunk are in a
  /// hypertable whose chunks have other bounds.
  public func hypertablePredicate() throws(ChunkProblem) -> SQL? {
    var parts: [SQL] = []
    for (index, dimension) in source.dimensions.enumerated() {
      var slice = source.slices[index]
      if index == source.timeIndex {
        slice = bounds.part(of: slice)
      }
      if let part = try Self.condition(dimension, slice) { parts.append(part) }
    }
    return parts.isEmpty ? nil : parts.joined(separator: " AND ")
  }

  private static func condition(
    _ dimension: Dimension, _ range: Dimension.Range
  ) throws(ChunkProblem) -> SQL? {
    switch dimension.predicate(range) {
    case .everything: return nil
    case .condition(let sql): return sql
    case .inexpressible: throw .inexpressibleRange(dimension)
    }
  }
}

extension ChunkDescription {
  /// Whether a part of the chunk is all that the chunk can hold.
  public func isCovered(by bounds: TaskBounds) -> Bool {
    if bounds.isWholeChunk { return true }
    guard let index = timeIndex, index < slices.count else { return false }
    return bounds.range.lower <= slices[index].lower && bounds.range.upper >= slices[index].upper
  }

  /// The time that a part of the chunk has rows of.
  fileprivate func time(within bounds: TaskBounds) -> Dimension.Range {
    guard let index = timeIndex, index < slices.count else { return bounds.range }
    return bounds.part(of: slices[index])
  }
}
