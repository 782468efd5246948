internal import Archive
internal import ChunkCatalog
public import Postgres
public import TimescaleDB

/// What the two databases of a run have: known once, and the same for every chunk.
public struct PairSetting: Sendable {
  /// nil where there is only an archive of the source.
  public let source: Installation?
  public let target: Installation
  /// Hypertables of the target that run users' functions when rows are put into them.
  public let loadingUserFunctions: Set<QualifiedName>
  /// Of batches on the source.
  private let origin: BatchOrigin?

  public init(
    source: Installation?, target: Installation, loadingUserFunctions: Set<QualifiedName> = []
  ) {
    self.source = source
    origin = source.map { BatchOrigin($0) }
    self.target = target
    self.loadingUserFunctions = loadingUserFunctions
  }

  /// Statements that a session of either side needs before `ChunkPair.find`.
  public func preparation(of side: Side) -> SQL {
    switch side {
    case .source: source.map { ChunkDescription.preparation($0.capabilities) } ?? ""
    case .target:
      ChunkDescription.preparation(target.capabilities) + Hypertable.columnsPreparation(target.capabilities)
        + StagedAggregate.preparation
    }
  }

  /// Text is known to have the same bytes on both sides.
  public var encodingsAgree: Bool { source?.encoding == target.encoding }

  /// Texts are sorted alike on both sides where nothing else is said.
  public var defaultCollationsAgree: Bool { origin?.sortsAs(target) ?? false }

  /// Bloom filters of the source's server mean the same on the target's: both hash alike, and the same bytes.
  public var bloomFiltersAgree: Bool { origin?.hashesAs(target) ?? false }
}
