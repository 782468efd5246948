/// Locks that somebody has to wait for who reads or writes rows, the weaker first
/// (https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES).
public enum LockMode: Int, Comparable {
  case shareRowExclusive
  case accessExclusive

  public var sql: SQL { self == .accessExclusive ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE" }

  public static func < (left: LockMode, right: LockMode) -> Bool { left.rawValue < right.rawValue }
}
