internal import CLibpq
import Synchronization

/// What a server said while nobody had asked it anything. Mostly it is why it throws an idle session out, of which a
/// later statement would only find the closed socket. libpq hands such messages to a notice receiver, and would write
/// them to standard error by itself.
final class LastWords: Sendable {
  struct Words {
    let sqlState: String
    let message: String
  }

  private let words = Mutex<Words?>(nil)

  var heard: Words? { words.withLock { $0 } }

  /// Must be kept as long as the connection is.
  func listen(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result, let state = PostgresError.sqlState(of: result),
          let message = PostgresError.message(of: result), PostgresError.endsSession(result)
        else { return }
        Unmanaged<LastWords>.fromOpaque(context).takeUnretainedValue().words.withLock {
          $0 = Words(sqlState: state, message: message)
        }
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}

extension Connection {
  /// The error with the reason for the connection's end, where the server gave one beforehand.
  func withLastWords(_ error: PostgresError) -> PostgresError {
    guard error.kind == .connectionLost, error.sqlState == nil, let words = lastWords.heard else {
      return error
    }
    return PostgresError(
      kind: .connectionLost, side: error.side, operation: error.operation, sqlState: words.sqlState,
      message: words.message)
  }
}
