import Dispatch
public import Waiting

/// A session that is being opened on a thread of its own, while the caller opens another one: two servers are reached in
/// the time of one. A session that nobody takes is closed once it is open.
///
/// Unchecked, as what was opened is read only after its thread has signalled that it is done.
public final class OpeningConnection: @unchecked Sendable {
  private var connection: Connection?
  private var failure: PostgresError?
  private let isDone = DispatchSemaphore(value: 0)

  /// Begins to open a session; parameters as those of `Connection.open`.
  public init(
    _ string: ConnectionString, side: Side, settings: ExtensionSettings, purpose: String, interrupt: Interrupt
  ) {
    DedicatedThread.launch { [self] in
      do throws(PostgresError) {
        connection = try Connection.open(
          string, side: side, settings: settings, purpose: purpose, interrupt: interrupt)
      } catch {
        failure = error
      }
      isDone.signal()
    }
  }

  /// Waits for the session, no longer than `Connection.open` would. To be called once.
  ///
  /// - Throws: `PostgresError`, as `Connection.open` does.
  public func take() throws(PostgresError) -> Connection {
    isDone.wait()
    if let failure { throw failure }
    guard let connection = connection.take() else {
      preconditionFailure("a session is taken once")
    }
    return connection
  }
}
