/// The SQLSTATEs this program acts on, https://www.postgresql.org/docs/current/errcodes-appendix.html
public enum SQLState {
  public static let undefinedTable = "42P01"
  public static let undefinedFunction = "42883"
  public static let insufficientPrivilege = "42501"
  public static let invalidRegularExpression = "2201B"
  public static let lockNotAvailable = "55P03"
  public static let queryCanceled = "57014"
  public static let diskFull = "53100"
  public static let featureNotSupported = "0A000"
}
