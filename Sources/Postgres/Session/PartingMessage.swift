internal import CLibpq
import Synchronization

/// What a server said while nobody had asked it anything. Mostly it is why it throws an idle session out, of which a
/// later statement would only find the closed socket. libpq hands such messages to a notice receiver, and would write
/// them to standard error by itself.
final class PartingMessage: Sendable {
  struct Content {
    let sqlState: String
    let message: String
  }

  private let content = Mutex<Content?>(nil)

  var heard: Content? { content.withLock { $0 } }

  /// Must be kept as long as the connection is.
  func listen(to connection: OpaquePointer) {
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result, let state = PostgresError.sqlState(of: result),
          let message = PostgresError.message(of: result), PostgresError.endsSession(result)
        else { return }
        Unmanaged<PartingMessage>.fromOpaque(context).takeUnretainedValue().content.withLock {
          $0 = Content(sqlState: state, message: message)
        }
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}

extension Connection {
  /// The error with the reason for the connection's end, where the server gave one beforehand.
  func withPartingMessage(_ error: PostgresError) -> PostgresError {
    guard error.kind == .connectionLost, error.sqlState == nil, let parting = partingMessage.heard else {
      return error
    }
    return PostgresError(
      kind: .connectionLost, side: error.side, operation: error.operation, sqlState: parting.sqlState,
      message: parting.message)
  }
}
