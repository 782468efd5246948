public import Postgres
import TaskEngine

/// What a worker is doing with its chunk.
public enum WorkerPhase: Sendable {
  /// Finding out what both sides have of the chunk.
  case describing
  /// Making a chunk ready for being copied in parts.
  case preparing
  /// Taking away what the target has in the chunk's range.
  case clearing
  case decompressing
  case copying
  case compressing
  /// Building indexes; which one, counted from 1, is known once the server says so.
  case indexing(number: Int?, of: Int)
  case comparing
  /// Finding out where the chunk differs.
  case locating
  case committing
  /// Waiting for a lock that these processes of the target's server have.
  case awaitingLock(processes: [Int64])
  /// Others were in the way, so that the chunk is begun once more after a wait.
  case retrying(after: Duration, because: PostgresError)
  /// A session was lost or could not be had. The worker has no chunk.
  case reconnecting(after: Duration, because: PostgresError)

  init(_ phase: TaskPhase) {
    self =
      switch phase {
      case .beginning: .describing
      case .preparing: .preparing
      case .clearing: .clearing
      case .decompressing: .decompressing
      case .moving: .copying
      case .compressing: .compressing
      case .indexing(let count): .indexing(number: nil, of: count)
      case .comparing: .comparing
      case .locating: .locating
      case .ending: .committing
      case .retrying(let wait, let error): .retrying(after: wait, because: error)
      }
  }
}
