import ChunkPairs
import Copying
import Postgres

@testable import TimescaleDB

/// Facts as both databases may tell them: by default a whole, uncompressed chunk of a hypertable cut by a bigint, with
/// the same chunk on the target, TimescaleDB 2.29.
enum Samples {
  static let sourceChunk = QualifiedName("internal", "source_chunk")
  static let targetChunk = QualifiedName("internal", "target_chunk")
  static let sourceTuples = QualifiedName("internal", "source_tuples")
  static let targetTuples = QualifiedName("internal", "target_tuples")
  static let hypertable = QualifiedName("public", "metrics")
  static let slice = Dimension.Range(lower: 100, upper: 200)

  static let time = Dimension(
    column: Identifier("time"), type: "bigint", isOpen: true, partitioningFunction: nil)
  static let space = Dimension(
    column: Identifier("device"), type: "text", isOpen: false,
    partitioningFunction: QualifiedName("functions", "hash"))

  static func column(
    _ name: String, _ type: String = "bigint", number: Int64 = 1, isGenerated: Bool = false,
    isPortable: Bool = true, hasPortableBatches: Bool = true,
    missingValue: String? = nil
  ) -> Column {
    Column(
      name: Identifier(name), type: type, number: number, isGenerated: isGenerated,
      hasPortableBinaryForm: isPortable,
      hasPortableBatches: hasPortableBatches, builtinType: 20, isCollatable: false, missingValue: missingValue
    )
  }

  static let columns = [column("time"), column("value", "double precision", number: 2)]

  static func tuples(
    _ name: QualifiedName, settings: String = "{} {time}", columns: [Column]? = nil, sizes: [Int64] = []
  ) -> ChunkDescription.CompressedRelation {
    ChunkDescription.CompressedRelation(
      name: name,
      columns: columns ?? [
        column("_ts_meta_count", "integer"),
        column("time", "_timescaledb_internal.compressed_data", number: 2),
      ],
      settings: settings, sizes: sizes)
  }

  static func chunk(
    _ name: QualifiedName, status: ChunkStatus = [], dimensions: [Dimension] = [time],
    slices: [Dimension.Range] = [slice], columns: [Column] = columns,
    hypertableNumbers: [String: Int64]? = nil,
    hasTrigger: Bool = false, hasOtherTriggers: Bool = false, isReferenced: Bool = false,
    columnRanges: String = "",
    accessMethod: String = "heap",
    compressed: ChunkDescription.CompressedRelation? = nil
  ) -> ChunkDescription {
    let numbers = hypertableNumbers ?? ["time": 1, "value": 2, "device": 3]
    return ChunkDescription(
      id: 7, name: name, status: compressed == nil ? status : status.union(.compressed),
      hypertable: hypertable,
      dimensions: dimensions, slices: slices, columns: columns,
      hypertableNumbers: Dictionary(uniqueKeysWithValues: numbers.map { (Identifier($0.key), $0.value) }),
      hasInvalidationTrigger: hasTrigger, hasOtherTriggers: hasOtherTriggers, isReferenced: isReferenced,
      columnRanges: columnRanges,
      accessMethod: accessMethod,
      compressed: compressed)
  }

  static func facts(
    source: ChunkDescription = chunk(sourceChunk), target: ChunkDescription? = chunk(targetChunk),
    targetColumns: [Column] = columns, from lower: Int64 = .min, until upper: Int64 = .max,
    version: String = "2.29.2", targetCompresses: Bool = true, mayBypass: Bool = false,
    mayDisableTriggers: Bool = false, mayRecordSizes: Bool = false, bloomFiltersAgree: Bool = true,
    rebuildable: [SecondaryIndex] = [], isLarge: Bool = false, isPart: Bool = false,
    attempt: CopyPlan.Attempt = .first
  ) -> CopyPlan.Facts {
    CopyPlan.Facts(
      pair: ChunkPair(
        source: source, target: target, targetHypertable: hypertable, targetColumns: targetColumns,
        targetCompresses: targetCompresses, range: Dimension.Range(lower: lower, upper: upper)),
      capabilities: capabilities(version), mayBypassExtension: mayBypass,
      mayDisableTriggers: mayDisableTriggers, mayRecordSizes: mayRecordSizes,
      bloomFiltersAgree: bloomFiltersAgree, rebuildable: rebuildable, isLarge: isLarge, isPart: isPart,
      attempt: attempt)
  }

  private static func capabilities(_ text: String) -> Capabilities {
    guard let version = TimescaleVersion(text) else { preconditionFailure("\(text) is no version") }
    return Capabilities(version: version, isCommunity: true)
  }

  /// The chunk's rows into the target's chunk, as most plans have it.
  static func rows(
    into: QualifiedName = targetChunk, only: Bool = true, where predicate: SQL? = nil,
    columns: [String] = ["time", "value"], format: CopyStream.Format = .binary, freezes: Bool = false
  ) -> CopyStep {
    .stream(
      CopyStream(
        from: sourceChunk, only: only, predicate: predicate, columns: columns.map(Identifier.init),
        into: into,
        format: format, freezes: freezes))
  }

  /// The compressed tuples as they are.
  static func rawTuples(
    columns: [String] = ["_ts_meta_count", "time"], format: CopyStream.Format = .binary,
    withoutNullBatches: [String] = []
  ) -> CopyStep {
    .stream(
      CopyStream(
        from: sourceTuples, only: true, predicate: nil, columns: columns.map(Identifier.init),
        into: targetTuples,
        format: format, freezes: true, isCompressed: true,
        withoutNullBatches: withoutNullBatches.map(Identifier.init)))
  }

  static let countTuples = CopyStep.countCleared(targetTuples, inBatches: true)
  static let countRows = CopyStep.countCleared(targetChunk, inBatches: false)
  static let clear = CopyStep.delete(from: targetChunk, only: true, where: nil)
}
