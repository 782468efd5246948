internal import Archive
internal import ChunkCatalog
internal import ChunkPairs
public import Postgres
public import TimescaleDB

/// The source's chunk is compressed, wholly or partly (`PartlyCompressedChunk.swift`).
extension ChunkContent {
  /// Batches are copied as they are when the target's compressed relation has the same columns and was made by the same
  /// settings. Where it wasn't, or there is none, the emptied chunk is compressed by the target's settings first. Where
  /// that doesn't help, or something else speaks against it, rows are copied, and compressed on the target. An archive
  /// that has batches hasn't got these: what can't be copied as batches can't be copied then, but for what only their
  /// metadata speaks against (`madeAnew`).
  static func compressed(
    _ batches: ChunkDescription.CompressedRelation, _ facts: CopyPlan.Facts, target: ChunkDescription
  ) throws(ChunkProblem) -> Self {
    let found = facts.obstacleToBatches(from: batches, into: target)
    let misleading = facts.misleadingMetadata(found, from: batches, into: target)
    let obstacle = misleading == nil ? found : nil
    if obstacle == nil, let relation = target.compressed, relation.holdsSameTuples(as: batches),
      facts.attempt == .afterPreparing || !target.hasToBeMadeAnew(for: facts.source)
    {
      let content = try asBatches(batches, into: relation, facts, target: target)
      return misleading.map { content.madeAnew(in: target, because: $0) } ?? content
    }
    if facts.attempt == .first, facts.pair.targetCompresses, obstacle == nil {
      return preparing(facts, target: target)
    }
    guard facts.archived?.hasBatches != true else {
      throw .archivedBatches(obstacle ?? (facts.pair.targetCompresses ? .settings : .noCompression))
    }
    return try asRows(because: obstacle ?? .settings, facts, target: target)
  }

  /// The emptied chunk gets a compressed relation made by the target's settings.
  private static func preparing(_ facts: CopyPlan.Facts, target: ChunkDescription) -> Self {
    ChunkContent(
      writing: clearing(target, facts),
      finishing: (target.compressed != nil ? [.decompress(target.name)] : []) + [.compress(target.name)],
      isPlannedAgain: true)
  }

  private static func asRows(
    because obstacle: BatchObstacle, _ facts: CopyPlan.Facts, target: ChunkDescription
  ) throws(ChunkProblem) -> Self {
    let isCompressed = facts.pair.targetCompresses
    return ChunkContent(
      writing: try clearing(target, facts) + (target.compressed != nil ? [.decompress(target.name)] : [])
        + facts.unlogged([.stream(facts.rowStream(into: facts.plainDestination(target)))]),
      finishing: isCompressed ? [.compress(target.name)] : [],
      remarks: [isCompressed ? .compressedAnew(obstacle) : .storedUncompressed] + facts.formatRemarks)
  }

  /// Batches as they are, behind the rows that stand beside them.
  private static func asBatches(
    _ source: ChunkDescription.CompressedRelation, into relation: ChunkDescription.CompressedRelation,
    _ facts: CopyPlan.Facts, target: ChunkDescription
  ) throws(ChunkProblem) -> Self {
    let isPartial = facts.source.status.contains(.partial)
    return ChunkContent(
      writing: try clearing(target, facts)
        + (isPartial ? rowsBesideBatches(facts, target: target) : [])
        + [.stream(facts.batchStream(from: source, into: relation))],
      finishing: finishing(source, relation, facts, target: target),
      remarks: isPartial ? facts.formatRemarks : [])
  }

  /// With the rows taken out of the batches again, and compressed by the target itself, before anybody sees any of them.
  private func madeAnew(in target: ChunkDescription, because obstacle: BatchObstacle) -> Self {
    var content = self
    content.finishing = [.decompress(target.name), .compress(target.name)]
    content.remarks = [.compressedAnew(obstacle)] + remarks
    return content
  }

  /// Puts batches that overlap in order, and notes the sizes that the source noted.
  private static func finishing(
    _ source: ChunkDescription.CompressedRelation, _ relation: ChunkDescription.CompressedRelation,
    _ facts: CopyPlan.Facts, target: ChunkDescription
  ) -> [CopyStep] {
    if facts.source.status.contains(.unordered), !target.status.contains(.unordered) {
      return facts.capabilities.recompressRestoresOrder
        ? [.recompress(target.name)] : [.decompress(target.name), .compress(target.name)]
    }
    guard facts.mayRecordSizes, !source.sizes.isEmpty, source.sizes != relation.sizes else { return [] }
    return [.recordSizes(source.sizes, chunk: target.id)]
  }

  /// Empties a chunk, compressed or not. The compressed relation goes first: from 2.23 a DELETE on the chunk would
  /// otherwise go through its batches one by one. TRUNCATE of the chunk itself is no way: on a compressed chunk it
  /// leaves the uncompressed rows (run on 2.14 to 2.29).
  private static func clearing(_ target: ChunkDescription, _ facts: CopyPlan.Facts) -> [CopyStep] {
    (target.compressed.map { [.countCleared($0.name, inBatches: true), .truncate($0.name)] } ?? [])
      + facts.unlogged([.delete(from: target.name, only: true, where: nil)])
  }
}

extension CopyPlan.Facts {
  /// The batches of a compressed chunk as they are.
  fileprivate func batchStream(
    from source: ChunkDescription.CompressedRelation, into relation: ChunkDescription.CompressedRelation
  ) -> CopyStream {
    if let file = archived?.chunk.batches?.file {
      return CopyStream(
        from: source.name, only: true, predicate: nil, columns: file.columns, into: relation.name,
        format: file.format == .binary ? .binary : .text, freezes: true, isCompressed: true)
    }
    return CopyStream(
      batchesOf: source, into: relation.name, receivesNullBatches: capabilities.receivesNullBatches)
  }
}

extension CopyStream {
  /// The batches of a compressed chunk as they are, into a relation that this transaction emptied.
  ///
  /// - Parameter receivesNullBatches: the target's `Capabilities.receivesNullBatches`.
  public init(
    batchesOf source: ChunkDescription.CompressedRelation, into relation: QualifiedName,
    receivesNullBatches: Bool
  ) {
    let columns = source.columns.filter { !$0.isGenerated }
    let portable = columns.allSatisfy(\.hasPortableBinaryForm)
    self.init(
      from: source.name, only: true, predicate: nil, columns: columns.map(\.name), into: relation,
      format: portable ? .binary : .text, freezes: true, isCompressed: true,
      withoutNullBatches: receivesNullBatches ? [] : columns.filter(\.isCompressedData).map(\.name))
  }
}

extension ChunkDescription {
  /// A compressed chunk that says of itself what the copied tuples wouldn't keep: that there are rows beside them, or
  /// which values they hold.
  fileprivate func hasToBeMadeAnew(for source: ChunkDescription) -> Bool {
    status.contains(.partial) && !source.status.contains(.partial)
      || !columnRanges.hasSameBytes(as: source.columnRanges)
  }
}
