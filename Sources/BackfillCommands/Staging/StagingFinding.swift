public import Postgres

/// What is found of the chunks to stage.
public enum StagingFinding: Sendable, Equatable {
  /// The target holds clearly more than the source where copying would replace rows.
  case surplus([Surplus])
  /// Chunks in object storage, which are left out.
  case tiered(hypertable: QualifiedName, [TieredChunk])
  /// The target has chunks with other bounds in their place.
  case overlapping(hypertable: QualifiedName, chunks: Int)
  /// Larger than --split-size, and can't be read in parts.
  case undivided(hypertable: QualifiedName, chunks: Int)
  /// Copied in part, and this window has no part that would finish them.
  case unfinishable(chunks: [QualifiedName])
  /// Uncopied tasks of these chunks share rows.
  case sharedRows(chunks: [QualifiedName])
  /// Copied chunks with rows outside of the window.
  case copiedOutside(hypertable: QualifiedName, chunks: Int)
  /// Chunks that were copied into a hypertable or continuous aggregate which the target has dropped or replaced since.
  case copiedAndDropped(hypertable: QualifiedName, chunks: Int)
  /// Warnings of `check` beside those that are told.
  case untoldWarnings(Int)
}

/// A hypertable of which the target holds more.
public struct Surplus: Sendable, Equatable {
  public enum Fact: Sendable, Equatable {
    case rows(source: Int64, target: Int64)
    /// That many of the chunks looked at are empty on the source and have rows on the target.
    case emptyOnSource(chunks: Int)
    /// The source has no chunk, the target has rows.
    case onlyOnTarget
  }

  public var hypertable: QualifiedName
  public var fact: Fact
}

/// A chunk in object storage.
public struct TieredChunk: Sendable, Equatable {
  public enum Place: Sendable, Equatable {
    case inWindow
    case outsideWindow
    /// Its time isn't known.
    case unknown
    /// There is no window.
    case noWindow
  }

  public var chunk: QualifiedName
  public var place: Place
}

extension StagingFinding: FindingFacts {
  var code: String {
    switch self {
    case .surplus: "target-holds-more"
    case .tiered: "tiered-chunks"
    case .overlapping: "overlapping-chunks"
    case .undivided: "undivided-chunks"
    case .unfinishable: "unfinishable-chunks"
    case .sharedRows: "tasks-share-rows"
    case .copiedOutside: "copied-outside-window"
    case .copiedAndDropped: "copied-and-dropped"
    case .untoldWarnings: "more-warnings"
    }
  }

  var side: Side? {
    switch self {
    case .untoldWarnings: nil
    case .surplus, .overlapping, .sharedRows, .copiedOutside, .copiedAndDropped, .unfinishable: .target
    case .tiered, .undivided: .source
    }
  }

  var object: String? {
    switch self {
    case .tiered(let hypertable, _), .overlapping(let hypertable, _), .undivided(let hypertable, _),
      .copiedOutside(let hypertable, _), .copiedAndDropped(let hypertable, _):
      hypertable.description
    case .surplus(let found): found.count == 1 ? found[0].hypertable.description : nil
    case .untoldWarnings: nil
    case .unfinishable(let chunks), .sharedRows(let chunks):
      chunks.count == 1 ? chunks[0].description : nil
    }
  }
}
