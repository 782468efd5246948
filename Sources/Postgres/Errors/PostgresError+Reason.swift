extension PostgresError {
  /// Why something went wrong.
  public enum Reason: Sendable {
    /// The server or libpq says it, in its own words and language.
    case said(String)
    /// An answer of another form than expected: names and values, for whoever mends the program.
    case fault(String)
    /// The run was stopped.
    case stopped
    /// The program is about to be suspended.
    case suspended
    /// The connection is gone, and nobody says why.
    case lost
    /// The server has stopped answering.
    case silent
    /// Nothing listens there, or it didn't answer in time.
    case noAnswer(from: ServerAddress?, seconds: Int?)
    /// libpq would quote a value that seems to hold a part of the password.
    case passwordInValue(of: String)
    case outOfMemory
    /// Somebody above this module objects to the session or what it answered.
    case objection(any SessionObjection)
  }

  /// What was said, or is at fault; nil where the reason has no text of its own.
  public var message: String? {
    switch reason {
    case .said(let text), .fault(let text): text
    case .stopped, .suspended, .lost, .silent, .noAnswer, .passwordInValue, .outOfMemory, .objection: nil
    }
  }
}

/// Where a server should be.
public struct ServerAddress: Sendable, Equatable, CustomStringConvertible {
  public let host: String
  public let port: String

  public init(host: String, port: String) {
    self.host = host
    self.port = port
  }

  public var description: String { "\(host):\(port)" }
}

/// What speaks against going on with a session, found by who knows more than PostgreSQL does.
public protocol SessionObjection: Sendable {}

extension PostgresError: CustomStringConvertible {
  /// For logs of tests and debuggers; people are told in the executable's words.
  public var description: String {
    let state = sqlState.map { " (SQLSTATE \($0))" } ?? ""
    let more = (detail.map { "; \($0)" } ?? "") + (hint.map { "; hint: \($0)" } ?? "")
    return "\(side.rawValue): \(operation): \(message ?? "\(reason)")\(state)\(more)"
  }
}
