public import Postgres
public import TimescaleDB

/// What is found of the queue on the target: whether there is one, whose it is, and who uses it.
public enum QueueFinding: Sendable, Equatable {
  case notStaged
  case empty
  case nothingCopied
  /// Other commands have it, with when their sessions began.
  case inUse(by: [ServerSession])
  /// Sessions have its tables locked, with when their transactions began.
  case locked(by: [ServerSession])
  /// Sessions have its tables locked, and are waited for.
  case awaitingLock(by: [ServerSession])
  /// It was staged between other databases.
  case stagedElsewhere([DatabaseDifference], Command)
  /// There is no queue that could adopt a source.
  case absentForAdoption
  /// The source isn't the one that the queue was staged from.
  case sourceNotAdopted(AdoptionObstacle)
  /// The queue takes the source for its own.
  case sourceAdopted(tasks: Int)
  /// An earlier version staged it, and didn't note the windows.
  case windowsUnknown
  /// There is no queue to tell of.
  case absentForReport

  /// Which command found the queue to be another's.
  public enum Command: Sendable, Equatable {
    case stage
    case adoptSource
    case work
    case refresh
  }
}

/// What tells a database from the one that was there at staging.
public struct DatabaseDifference: Sendable, Equatable {
  public enum Fact: Sendable, Equatable {
    /// A part of the database's identity, with what it was and is.
    case identity(Fingerprint.Difference)
    /// The write-ahead log is at an earlier position than it was.
    case position(staged: String, now: String)
  }

  public var side: Side
  public var fact: Fact
}

/// Why a source can't be the one that a queue was staged from.
public enum AdoptionObstacle: Sendable, Equatable {
  /// It lacks a chunk that isn't copied yet.
  case missingChunk(QualifiedName)
  case otherHypertable(chunk: QualifiedName, hypertable: QualifiedName)
  case otherBounds(chunk: QualifiedName)
  case noStagedChunk
}

extension QueueFinding: FindingFacts {
  var code: String {
    switch self {
    case .notStaged: "nothing-staged"
    case .empty: "queue-empty"
    case .nothingCopied: "nothing-copied"
    case .inUse: "queue-in-use"
    case .locked: "queue-locked"
    case .awaitingLock: "awaiting-queue"
    case .stagedElsewhere: "queue-of-other-databases"
    case .absentForAdoption: "no-queue-to-adopt"
    case .sourceNotAdopted: "source-not-adopted"
    case .sourceAdopted: "source-adopted"
    case .windowsUnknown: "windows-unknown"
    case .absentForReport: "nothing-to-report"
    }
  }

  var side: Side? {
    switch self {
    case .stagedElsewhere(let differences, _):
      Set(differences.map(\.side)).count == 1 ? differences.first?.side : nil
    case .sourceNotAdopted, .sourceAdopted: .source
    default: .target
    }
  }

  var object: String? {
    switch self {
    case .sourceNotAdopted(.missingChunk(let chunk)), .sourceNotAdopted(.otherHypertable(let chunk, _)),
      .sourceNotAdopted(.otherBounds(let chunk)):
      chunk.description
    default: nil
    }
  }
}
