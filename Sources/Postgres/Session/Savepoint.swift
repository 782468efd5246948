/// A point in a transaction that the transaction can go back to
/// (https://www.postgresql.org/docs/current/sql-savepoint.html). The statements stand here alone.
public struct Savepoint: Sendable {
  private let name: Identifier

  public init(_ name: String) { self.name = Identifier(name) }

  /// Sets the savepoint in the open transaction.
  public var setting: SQL { "SAVEPOINT \(name);" }

  /// Undoes what came after the savepoint and gives back the locks taken since. The savepoint stays set, and settings
  /// made with SET LOCAL after it are forgotten.
  public var undoing: SQL { "ROLLBACK TO SAVEPOINT \(name);" }

  /// Forgets the savepoint; what came after it becomes part of the transaction.
  public var release: SQL { "RELEASE SAVEPOINT \(name);" }

  /// Undoes what came after the savepoint, which gets a session out of a failed transaction.
  ///
  /// - Throws: `PostgresError`.
  public func undo(on connection: borrowing Connection, doing operation: String) throws(PostgresError) {
    try connection.execute(undoing, doing: operation)
  }
}
