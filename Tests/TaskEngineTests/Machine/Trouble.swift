import Postgres

@testable import TaskEngine

/// What servers and networks say to a worker.
enum Trouble {
  case lost, sourceLost, unreachable, tooManySessions, noPassword, shutdown
  case deadlock, locked, statementCancelled, refused, diskFull, unstorable
  case foreignDatabase, cancelled, suspended

  var error: PostgresError {
    switch self {
    case .lost: error(.connectionLost, nil, "lost")
    case .sourceLost:
      PostgresError(kind: .connectionLost, side: .source, operation: "testing", message: "source lost")
    case .unreachable: error(.connectionFailed, nil, "unreachable")
    case .tooManySessions: error(.connectionFailed, "53300", "too many sessions")
    case .noPassword: error(.connectionFailed, "28P01", "wrong password")
    case .shutdown: error(.refusedByServer, "57P01", "shutting down")
    case .deadlock: error(.refusedByServer, "40P01", "deadlock")
    case .locked: error(.refusedByServer, "55P03", "locked")
    case .statementCancelled: error(.refusedByServer, "57014", "statement cancelled")
    case .refused: error(.refusedByServer, "42501", "refused")
    case .diskFull: error(.refusedByServer, "53100", "disk full")
    case .unstorable: error(.refusedByServer, "22P05", "unstorable")
    case .foreignDatabase: error(.unexpectedAnswer, nil, "foreign database")
    case .cancelled: error(.cancelled, nil, "stopped")
    case .suspended: error(.suspended, nil, "suspended")
    }
  }

  private func error(_ kind: PostgresError.Kind, _ state: String?, _ message: String) -> PostgresError {
    PostgresError(kind: kind, side: .target, operation: "testing", sqlState: state, message: message)
  }

  /// As a failed task's reason tells it.
  var reason: String { "\(error)" }
}

func failure(
  _ trouble: Trouble, sourceIsUsable: Bool = true, targetIsUsable: Bool = true, isClaimed: Bool = true,
  isCommitted: Bool = false
) -> WorkerMachine.Failure {
  WorkerMachine.Failure(
    error: trouble.error, sourceIsUsable: sourceIsUsable, targetIsUsable: targetIsUsable,
    isClaimed: isClaimed, isCommitted: isCommitted)
}
