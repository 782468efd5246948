/// Which of the two databases something is about.
public enum Side: String, Sendable {
  case source
  case target
}

/// Anything that went wrong between this program and a server, with all that is known about it.
///
/// `operation` names a statement and stands beside it, which is the one exception to the rule that words stand in the
/// executable.
public struct PostgresError: Error, Sendable {
  public enum Kind: Sendable, Equatable {
    /// No session could be had: host, port, authentication, TLS, database.
    case connectionFailed
    /// A session that existed is gone; what it had not committed is rolled back.
    case connectionLost
    /// The server refused a statement.
    case refusedByServer
    /// The run was cancelled while a server was being waited for.
    case cancelled
    /// The session has to give back its locks, as the program is about to be suspended; worth doing the same again.
    case suspended
    /// The server's answer isn't of the form this program expects: a fault of this program or the server.
    case unexpectedAnswer
  }

  public let kind: Kind
  public let side: Side
  /// What was being done, as a phrase: "counting rows".
  public var operation: String
  /// Five characters, https://www.postgresql.org/docs/current/errcodes-appendix.html; nil if the server gave none.
  public let sqlState: String?
  public let reason: Reason
  public var detail: String?
  public var hint: String?
  /// The relation and constraint as the server named them, where it did.
  public var relation: QualifiedName?
  public var constraint: String?
  /// The column, where the server named it as one of the relation's.
  public var column: String?
  /// What the server was at, such as COPY's line and column; in its own language, so for telling, not for deciding.
  public var context: String?
  /// The server's function that reported it. Unlike the message it is the same in every language.
  public var routine: String?
  /// The server asked for a password, and there was none: libpq's own refusal, which has no SQLSTATE.
  var lacksPassword = false

  /// - Parameter message: in the words of the server or libpq.
  public init(kind: Kind, side: Side, operation: String, sqlState: String? = nil, message: String) {
    self.init(kind: kind, side: side, operation: operation, sqlState: sqlState, reason: .said(message))
  }

  public init(kind: Kind, side: Side, operation: String, sqlState: String? = nil, reason: Reason) {
    self.kind = kind
    self.side = side
    self.operation = operation
    self.sqlState = sqlState
    self.reason = reason
  }

  /// The run was stopped while this was done.
  public static func stopped(_ side: Side, doing operation: String) -> PostgresError {
    PostgresError(kind: .cancelled, side: side, operation: operation, reason: .stopped)
  }

  /// The server's answer has another form than expected.
  ///
  /// - Parameter fault: what was found, for whoever mends the program.
  public static func unexpected(_ fault: String, _ side: Side, doing operation: String) -> PostgresError {
    PostgresError(kind: .unexpectedAnswer, side: side, operation: operation, reason: .fault(fault))
  }
}
