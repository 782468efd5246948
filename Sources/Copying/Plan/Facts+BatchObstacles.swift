import ChunkCatalog
import ChunkPairs
import Postgres
import TimescaleDB

extension CopyPlan.Facts {
  /// Why a chunk's batches can't move as they are, so that its rows have to; nil where they can. Batches carry more than
  /// rows: metadata by which queries leave them out, which has to mean the same on the target. And they go past the
  /// checks that rows go through.
  ///
  /// - Parameter ignoringMetadata: leaves out what is wrong with metadata alone.
  func obstacleToBatches(
    from source: ChunkDescription.CompressedRelation, into target: ChunkDescription,
    ignoringMetadata: Bool = false
  ) -> BatchObstacle? {
    if archived?.hasBatches == false { return .archivedRows }
    if !versionsAgree { return .versions }
    // Batches are never logged.
    if pair.wasRefreshed { return .aggregateWasRefreshed }
    if binaryIsRefused { return .binaryIsRefused }
    // Where a batch of NULLs has to be written as NULL, that would be read as the column's default.
    guard target.hasSameMissingValues(as: self.source),
      capabilities.receivesNullBatches || self.source.columns.allSatisfy({ $0.missingValue == nil })
    else { return .missingValues }
    if !ignoringMetadata, !bloomFiltersAgree, source.hasBloomFilters {
      return .bloomFilters
    }
    guard self.source.hasPortableBatches else {
      return .columnTypes
    }
    guard let relation = target.compressed else { return nil }
    if !ignoringMetadata, let column = columnSortedOtherwise(from: source, into: target, relation) {
      return .order(of: column)
    }
    guard target.enforced.isSubset(of: self.source.enforced) else {
      return .constraints
    }
    return nil
  }

  /// The obstacle, where it is that metadata would mislead queries, nothing else is in the way, and an archive has
  /// batches and no rows. Rows can be taken out of such batches all the same: for that no metadata is looked at.
  func misleadingMetadata(
    _ obstacle: BatchObstacle?, from source: ChunkDescription.CompressedRelation,
    into target: ChunkDescription
  ) -> BatchObstacle? {
    guard archived?.hasBatches == true, let obstacle, obstacle.isOfMetadata else { return nil }
    return obstacleToBatches(from: source, into: target, ignoringMetadata: true) == nil ? obstacle : nil
  }

  private func columnSortedOtherwise(
    from source: ChunkDescription.CompressedRelation, into target: ChunkDescription,
    _ relation: ChunkDescription.CompressedRelation
  ) -> Identifier? {
    relation.metadataSortedOtherwise(than: source, defaultCollationsAgree)
      ?? (source.hasUntoldCollations ? target.columnSortedOtherwise(than: self.source) : nil)
  }
}

extension BatchObstacle {
  fileprivate var isOfMetadata: Bool {
    switch self {
    case .bloomFilters, .order: true
    case .archivedRows, .aggregateWasRefreshed, .binaryIsRefused, .missingValues, .columnTypes, .constraints,
      .settings, .versions, .slices, .noCompression:
      false
    }
  }
}

extension ChunkDescription.CompressedRelation {
  /// Whether there are filters that, read with another hash function or for another encoding, hide rows.
  var hasBloomFilters: Bool { columns.contains(where: \.isBloomFilter) }

  /// The first metadata column whose values are of an order that the other database hasn't got: least and greatest texts
  /// under another collation, enums whose labels are in another order.
  func metadataSortedOtherwise(than source: Self, _ defaultsAgree: Bool) -> Identifier? {
    let own = Dictionary(columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return source.columns.first { column in
      guard column.name.name.hasPrefix("_ts_meta_"), let twin = own[column.name] else { return false }
      return !twin.collation.hasSameBytes(as: column.collation)
        || column.collation == "default" && !defaultsAgree
        || !twin.enumOrder.hasSameBytes(as: column.enumOrder)
    }?.name
  }

  /// Up to 2.14 the metadata columns of texts are of the default collation, whatever the values were compared by
  /// (tsl/src/compression/create.c at 2.14.2). An upgrade leaves them so.
  var hasUntoldCollations: Bool {
    columns.contains { $0.name.name.hasPrefix("_ts_meta_") && $0.collation == "default" }
  }
}

extension ChunkDescription {
  /// The first column of rows whose texts the other database sorts in another way.
  fileprivate func columnSortedOtherwise(than source: ChunkDescription) -> Identifier? {
    let theirs = Dictionary(source.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return columns.first { column in
      theirs[column.name].map { !$0.collation.hasSameBytes(as: column.collation) } ?? false
    }?.name
  }
}
