public import Postgres

/// What is found while chunks are worked on, or while locks for that are taken.
public enum WorkFinding: Sendable {
  /// The run stopped by itself, as there is no use in going on.
  case diskFull(Side, remaining: Int)
  case reconnecting(PostgresError, wait: Duration)
  /// A transaction failed for what others did, and is tried again.
  case retrying(PostgresError)
  /// The source is a standby that is behind where its primary was at staging.
  case awaitingStandby(PostgresError)
  /// Who keeps the run from locks; `operation` is what needs them, where it is one.
  case awaitingLocks(Side, operation: String?, holders: [LockHolder])
  /// The end of the run waits for a chunk, the first of `count`.
  case awaitingChunk(HeldChunk, count: Int)
  case workersChanged(from: Int, to: Int)
  /// Chunks that were copied before are copied again.
  case copiedAgain(chunks: Int)
  case verifiedAgain(chunks: Int)
  /// Only some of the chunks are compared.
  case sampled(chunks: Int, all: Int)
}

extension WorkFinding: FindingFacts {
  var code: String {
    switch self {
    case .diskFull: "disk-full"
    case .reconnecting: "reconnecting"
    case .retrying: "retrying"
    case .awaitingStandby: "awaiting-standby"
    case .awaitingLocks: "awaiting-locks"
    case .awaitingChunk: "awaiting-chunk"
    case .workersChanged: "workers-changed"
    case .copiedAgain: "copied-again"
    case .verifiedAgain: "verified-again"
    case .sampled: "sampled"
    }
  }

  var error: PostgresError? {
    switch self {
    case .reconnecting(let error, _), .retrying(let error), .awaitingStandby(let error): error
    default: nil
    }
  }

  var side: Side? {
    switch self {
    case .diskFull(let side, _), .awaitingLocks(let side, _, _): side
    case .awaitingChunk: .target
    default: error?.side
    }
  }

  var object: String? {
    if case .awaitingChunk(let held, _) = self {
      held.chunk.description
    } else {
      error?.relation?.description
    }
  }
}
