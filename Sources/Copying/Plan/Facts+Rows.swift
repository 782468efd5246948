internal import Archive
internal import ChunkCatalog
internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

extension CopyPlan.Facts {
  /// Where uncompressed rows go in between the steps of `unlogged`.
  func plainDestination(_ target: ChunkDescription) -> QualifiedName {
    bypassesExtension ? target.name : rowDestination(target)
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
  func rowStream(into destination: QualifiedName) throws(ChunkProblem) -> CopyStream {
    try rowStream(into: destination, only: source.compressed == nil)
  }

  /// - Parameter only: leaves out rows that are in batches. For a chunk without any these are all; and the planner, which
  ///   looks at the chunk's state as it is now and not as the snapshot has it, doesn't look.
  ///
  /// - Throws: `ChunkProblem` where an archive has some of the rows in batches, and those are asked for, too.
  func rowStream(into destination: QualifiedName, only: Bool) throws(ChunkProblem) -> CopyStream {
    if let archived, archived.hasBatches, !only { throw .archivedBatches(.slices) }
    let columns =
      if let file = archived?.chunk.rowFile { file.columns } else { try rowColumns().map(\.name) }
    return CopyStream(
      from: source.name, only: only, predicate: try pair.timePredicate(), columns: columns,
      into: destination, format: rowsArePortable ? .binary : .text)
  }

  /// The columns that travel, in the target's order: all of the target's that it doesn't compute itself.
  private func rowColumns() throws(ChunkProblem) -> [Column] {
    _ = try pair.columns()
    return pair.targetColumns.filter { !$0.isGenerated }
  }

  private var rowsArePortable: Bool {
    if let file = archived?.chunk.rowFile { return file.format == .binary }
    return !binaryIsRefused
      && (source.columns + pair.targetColumns).allSatisfy { $0.isGenerated || $0.hasPortableBinaryForm }
  }

  /// In which form rows travel, where that isn't binary.
  var formatRemarks: [CopyRemark] {
    guard !rowsArePortable else { return [] }
    if binaryIsRefused { return [.asText(.binaryIsRefused)] }
    return [
      .asText(
        .columns(
          pair.targetColumns.filter { !$0.isGenerated && !$0.hasPortableBinaryForm }.map(\.name)))
    ]
  }
}
