/// What sessions of this program call themselves, by which people and other runs know them.
public enum ApplicationName {
  public static let program = "timescaledb-backfill"

  private static let prefix = program + " "

  /// - Parameter purpose: such as "copy".
  public static func name(for purpose: String) -> String { prefix + purpose }

  /// The purpose of a session of this program; nil for others.
  public static func purpose(of name: String) -> String? {
    name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
  }

  /// Whether a row of pg_stat_activity is of this program, a condition.
  public static func isOurs(_ activity: SQL) -> SQL { "\(activity).application_name LIKE \(prefix + "%")" }
}
