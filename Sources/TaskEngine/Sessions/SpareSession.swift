public import Postgres
import Synchronization

/// A session that the checks before a run have left, for whoever needs the next one on that server.
///
/// Unchecked, as the session is touched under the lock alone, until one has taken it.
public final class SpareSession: @unchecked Sendable {
  private let lock = Mutex(())
  private var connection: Connection?

  public init(_ connection: consuming Connection) { self.connection = .some(connection) }

  /// - Returns: nil where it was taken, or lost.
  public func take() -> Connection? {
    lock.withLock { _ in
      guard let connection = connection.take(), connection.isUsable else { return nil }
      return connection
    }
  }
}
