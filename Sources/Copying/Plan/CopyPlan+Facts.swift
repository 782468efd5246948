public import Postgres
internal import TimescaleDB

extension CopyPlan.Facts {
  /// Whether the task covers all that the chunk can hold.
  public var isWholeChunk: Bool { source.isCovered(by: range) }

  var suppression: [CopyStep] {
    capabilities.invalidationControl == .setting && !wasRefreshed ? [.skipInvalidation] : []
  }

  /// From 2.23 to 2.27 writes into a chunk are logged as invalidations by the extension itself, and nothing but turning
  /// it off for the transaction prevents that; which takes a superuser, or the privilege to set the parameter.
  var bypassesExtension: Bool {
    capabilities.invalidationControl == .none && mayBypassExtension && !wasRefreshed
  }

  /// To 2.22: whether the trigger that logs is taken off the chunk.
  func takesTriggerOff(_ target: ChunkDescription) -> Bool { target.hasInvalidationTrigger && !wasRefreshed }

  /// Deleting and loading rows of a chunk that isn't compressed, or not in a way that asks for the extension.
  func unlogged(_ steps: [CopyStep]) -> [CopyStep] {
    bypassesExtension ? [.bypassExtension(true)] + steps + [.bypassExtension(false)] : steps
  }

  /// The same in a chunk that other rows may be written to meanwhile. Taking the trigger off would lock them out, and is
  /// only done where no live rows arrive.
  func unloggedPart(_ steps: [CopyStep], of target: ChunkDescription) -> [CopyStep] {
    guard takesTriggerOff(target), range.upper == .max else { return unloggedBeside(steps, of: target) }
    return [.dropInvalidationTrigger(target.name)] + steps + [.restoreInvalidationTrigger(target.name)]
  }

  /// The same with the trigger left where it is: it is turned off for this transaction alone, if the role may do that and
  /// nothing else would be turned off with it. Otherwise the range is logged, which does no harm: all raw rows are there
  /// when the aggregates look at it.
  func unloggedBeside(_ steps: [CopyStep], of target: ChunkDescription) -> [CopyStep] {
    guard target.hasInvalidationTrigger else { return unlogged(steps) }
    guard mayDisableTriggers, !wasRefreshed, !target.hasOtherTriggers else { return steps }
    return [.disableTriggers(true)] + steps + [.disableTriggers(false)]
  }

  /// Where uncompressed rows go in between the steps of `unlogged`.
  func plainDestination(_ target: ChunkDescription) -> QualifiedName {
    bypassesExtension ? target.name : rowDestination(target)
  }

  /// `from <= time < until` for the task's part of the chunk; nil when that is all of it.
  public func timePredicate() throws(CopyPlan.Refusal) -> SQL? {
    guard !range.isUnbounded, let index = source.timeIndex else { return nil }
    return try Self.condition(source.dimensions[index].predicate(range), dimension: source.dimensions[index])
  }

  /// Exactly the chunk's box in all dimensions, cut to the task's range: what the rows of the chunk are in a
  /// hypertable whose chunks have other bounds.
  public func hypertablePredicate() throws(CopyPlan.Refusal) -> SQL? {
    var parts: [SQL] = []
    for (index, dimension) in source.dimensions.enumerated() {
      var slice = source.slices[index]
      if index == source.timeIndex {
        slice = slice.intersection(range)
      }
      if let part = try Self.condition(dimension.predicate(slice), dimension: dimension) {
        parts.append(part)
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: " AND ")
  }

  private static func condition(
    _ predicate: Dimension.Predicate, dimension: Dimension
  ) throws(CopyPlan.Refusal) -> SQL? {
    switch predicate {
    case .everything: return nil
    case .condition(let sql): return sql
    case .inexpressible:
      throw CopyPlan.Refusal(
        "the range of dimension \(dimension.column) (type \(dimension.type)) can't be written as a condition",
        advice: "let the chunk be copied as a whole, into a target chunk with the same bounds")
    }
  }

  /// Where uncompressed rows go in: the chunk, unless its attribute numbers differ from the hypertable's in a
  /// dimension. From 2.23 a COPY into such a chunk fails, or worse, looks at the wrong column.
  func rowDestination(_ target: ChunkDescription) -> QualifiedName {
    guard capabilities.copyIntoChunkIsOwn else { return target.name }
    let numbers = Dictionary(
      target.columns.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    let same = target.dimensions.allSatisfy { numbers[$0.column] == target.hypertableNumbers[$0.column] }
    return same ? target.name : targetHypertable
  }

  /// To 2.22 COPY into a chunk is PostgreSQL's own and honours FREEZE, which asks for a TRUNCATE before. That would be
  /// logged as an invalidation where there are continuous aggregates, and foreign keys forbid it.
  func freezesRows(of target: ChunkDescription) -> Bool {
    isLarge && !capabilities.copyIntoChunkIsOwn && !target.hasInvalidationTrigger && !target.isReferenced
  }

  /// All of the chunk's rows in the task's range, compressed ones too.
  func rowStream(into destination: QualifiedName) throws(CopyPlan.Refusal) -> CopyStream {
    try rowStream(into: destination, only: source.compressed == nil)
  }

  /// - Parameter only: leaves out rows that are in batches. For a chunk without any these are all; and the planner, which
  ///   looks at the chunk's state as it is now and not as the snapshot has it, doesn't look.
  func rowStream(into destination: QualifiedName, only: Bool) throws(CopyPlan.Refusal) -> CopyStream {
    CopyStream(
      from: source.name, only: only, predicate: try timePredicate(), columns: try rowColumns().map(\.name),
      into: destination, format: rowsArePortable ? .binary : .text)
  }

  /// The columns that travel: all of the target's that it doesn't compute itself, each of which the source must have.
  private func rowColumns() throws(CopyPlan.Refusal) -> [Column] {
    let sourceColumns = Dictionary(
      source.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let targetNames = Set(targetColumns.map(\.name))
    if let missing = source.columns.first(where: { !targetNames.contains($0.name) }) {
      throw CopyPlan.Refusal(
        "the target's \(targetHypertable) has no column \(missing.name)",
        advice: "make the hypertables' columns equal, then run copy again")
    }
    for column in targetColumns {
      guard let twin = sourceColumns[column.name] else {
        throw CopyPlan.Refusal(
          "the source's chunk has no column \(column.name)",
          advice: "make the hypertables' columns equal, then run copy again")
      }
      guard twin.hasSameType(as: column) else {
        throw CopyPlan.Refusal(
          column.difference(from: twin),
          advice: "make the hypertables' columns equal, then run copy again")
      }
    }
    return targetColumns.filter { !$0.isGenerated }
  }

  private var rowsArePortable: Bool {
    !binaryIsRefused
      && (source.columns + targetColumns).allSatisfy { $0.isGenerated || $0.hasPortableBinaryForm }
  }

  var formatRemarks: [String] {
    guard !rowsArePortable else { return [] }
    if binaryIsRefused { return ["as text, as the target refused a value in binary form"] }
    let columns = targetColumns.filter { !$0.isGenerated && !$0.hasPortableBinaryForm }.map(
      \.name.description)
    return ["as text, for column \(columns.joined(separator: ", "))"]
  }
}

extension ChunkDescription {
  /// Whether a range of time covers all that the chunk can hold.
  func isCovered(by range: Dimension.Range) -> Bool {
    if range.isUnbounded { return true }
    guard let index = timeIndex, index < slices.count else { return false }
    return range.lower <= slices[index].lower && range.upper >= slices[index].upper
  }
}
