/// The SQLSTATEs this program acts on, https://www.postgresql.org/docs/current/errcodes-appendix.html
public enum SQLState {
  public static let undefinedTable = "42P01"
  public static let undefinedFunction = "42883"
  public static let insufficientPrivilege = "42501"
  public static let invalidRegularExpression = "2201B"
  public static let invalidParameterValue = "22023"
  public static let queryCanceled = "57014"
  public static let lockNotAvailable = "55P03"
  public static let tooManyConnections = "53300"
  public static let diskFull = "53100"
  public static let featureNotSupported = "0A000"
  public static let foreignKeyViolation = "23503"
  public static let dependentObjectsExist = "2BP01"
  public static let statementTooComplex = "54001"

  /// Whether a server that gives this to a new session will give it to the next one too: authorization (28), no such
  /// database (3D, 57P04), no privilege or no such parameter (42), a parameter's value (22), a protocol that it doesn't
  /// speak (0A), a database that takes no sessions (55000). All else may pass: too many connections, a start, a shutdown,
  /// a failover, an authentication that took too long.
  static func refusesSessionsForGood(_ state: String) -> Bool {
    ["28", "3D", "42", "22", "0A"].contains(state.prefix(2)) || ["55000", "57P04"].contains(state)
  }
}
