public import Postgres

/// What a run's end finds to be missing beyond the tasks of the queue.
public enum CompletenessFinding: Sendable, Equatable {
  case unstaged(UnstagedChunks)
  case vanished(VanishedChunks)
  /// Hypertables that were staged and that the source has no more.
  case goneFromSource([QualifiedName])
  /// `besideArchive`: it is an archive that stands for the source.
  case stray(StrayRows, besideArchive: Bool)
  case sequence(SequenceFinding)
}

/// A part of a source chunk's time.
public struct ChunkTime: Sendable, Equatable {
  public var name: QualifiedName
  public var from: TimeText
  public var to: TimeText
}

/// Source chunks that were copied, and for whose time the target has no chunk any more.
public struct VanishedChunks: Sendable, Equatable {
  /// As people know it.
  public var hypertable: QualifiedName
  public var count: Int
  /// The first of them.
  public var shown: [ChunkTime]
  /// A --filter that matches the hypertable and no other.
  public var filter: String
}

/// Source chunks in the staged windows that no task covers.
public struct UnstagedChunks: Sendable, Equatable {
  /// As people know it.
  public var hypertable: QualifiedName
  public var count: Int
  /// The first of them, with the part that no task covers.
  public var shown: [ChunkTime]
  /// The window to stage again.
  public var from: TimeText
  public var until: TimeText
  /// A --filter that matches the hypertable and no other.
  public var filter: String
  /// Some of them were copied into a hypertable that the target has dropped or replaced since.
  public var isReplaced = false
}

/// Rows in the staged windows that only the target has.
public struct StrayRows: Sendable, Equatable {
  public var hypertable: QualifiedName
  public var rows: Int64
  /// The first and the last of them.
  public var first: TimeText
  public var last: TimeText
  /// Statements that would delete them, the first of `chunks`.
  public var deletions: [String]
  public var chunks: Int
}

/// A sequence of the target that may hand out numbers which copied rows have.
public struct SequenceFinding: Sendable, Equatable {
  public enum Fact: Sendable, Equatable {
    /// It will. `statement` sets it.
    case behind(statement: String)
    /// The role may not read the sequence.
    case unreadable
    /// The role may not read the source's sequence, and the column's greatest value takes too long to find.
    case unknown
  }

  public var sequence: QualifiedName
  public var relation: QualifiedName
  public var column: Identifier
  public var fact: Fact
}

extension CompletenessFinding: FindingFacts {
  var code: String {
    switch self {
    case .unstaged: "unstaged-chunks"
    case .vanished: "copied-chunks-gone"
    case .goneFromSource: "staged-hypertables-gone"
    case .stray: "stray-rows"
    case .sequence(let finding):
      switch finding.fact {
      case .behind: "sequence-behind"
      case .unreadable, .unknown: "sequence-unknown"
      }
    }
  }

  var side: Side? {
    switch self {
    case .unstaged, .goneFromSource: .source
    case .vanished, .stray, .sequence: .target
    }
  }

  var object: String? {
    switch self {
    case .unstaged(let chunks): chunks.hypertable.description
    case .vanished(let chunks): chunks.hypertable.description
    case .goneFromSource(let hypertables): hypertables.count == 1 ? hypertables[0].description : nil
    case .stray(let rows, _): rows.hypertable.description
    case .sequence(let finding): finding.sequence.description
    }
  }
}
