internal import CLibpq
import Synchronization
import Waiting

extension Connection {
  /// Gets out of whatever the server is doing for this session, a COPY in either direction included: the server is
  /// asked to stop, what is under way is thrown away. Best effort; a session that can't be saved is found unusable, that of
  /// a server that doesn't answer any more too (see `loss`). Once the run is cancelled nothing is waited for, as no session
  /// will be used again.
  public func abandonStatement() {
    guard isUsable, PQtransactionStatus(handle) == PQTRANS_ACTIVE else { return }
    var abandonment = Abandonment()
    cancelStatement()
    while let result = settledResult(&abandonment) {
      switch result.status {
      case PGRES_COPY_OUT: guard discardCopy(&abandonment) else { return }
      case PGRES_COPY_IN: _ = try? endCopy(failure: "given up", doing: "cancelling")
      // It was done before the request came; what follows it has to be taken off the connection too.
      default: continue
      }
    }
  }

  /// Why the session was given up although its socket is as it was; nil while it wasn't.
  public var loss: PostgresError? {
    guard isGivenUp.load(ordering: .relaxed) else { return nil }
    return PostgresError(
      kind: .connectionLost, side: side, operation: "ending a statement", reason: .silent)
  }

  /// The next result that isn't an error of the statement being given up; nil when there is none.
  private func settledResult(_ abandonment: inout Abandonment) -> QueryResult? {
    while PQisBusy(handle) == 1 { guard hear(&abandonment) else { return nil } }
    return try? receive(doing: "cancelling")
  }

  /// Throws away the rest of a COPY; false when its end could not be reached.
  private func discardCopy(_ abandonment: inout Abandonment) -> Bool {
    var row: UnsafeMutablePointer<CChar>?
    while true {
      let length = PQgetCopyData(handle, &row, 1)
      if length > 0, let taken = row {
        PQfreemem(taken)
      } else if length == 0 {
        guard hear(&abandonment) else { return false }
      } else {
        return true
      }
    }
  }

  /// How long the server has been silent, in tries of `step` milliseconds.
  private struct Abandonment {
    static let step: Int32 = 500
    /// Tries for which a run that was asked to stop waits.
    static let triesWhenStopping: Int32 = 10
    var tries: Int32 = 0
    var silence = ServerSilence()
  }

  /// Waits for more of what is thrown away, and asks the server again from time to time: a request to stop that comes
  /// before the statement has begun is forgotten.
  private func hear(_ abandonment: inout Abandonment) -> Bool {
    switch wait(
      on: [(PQsocket(handle), .readable)], interrupt: interrupt, milliseconds: Abandonment.step)
    {
    case .interrupted: return false
    case .ready:
      abandonment.tries = 0
      return PQconsumeInput(handle) == 1
    case .timedOut:
      abandonment.tries += 1
      cancelStatement()
      if abandonment.tries >= Abandonment.triesWhenStopping, interrupt.stage >= .draining {
        isGivenUp.store(true, ordering: .relaxed)
        return false
      }
      guard abandonment.tries * Abandonment.step >= interrupt.silenceLimit.milliseconds else { return true }
      abandonment.tries = 0
      return (try? abandonment.silence.check(self, doing: "cancelling")) != nil
    }
  }
}
