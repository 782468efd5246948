/// A statement that a session plans once and runs many times. For questions that join much of the catalog planning
/// takes several times as long as running.
public struct PreparedStatement: Sendable {
  public let name: Identifier
  private let types: SQL

  /// - Parameter types: the parameters' types, separated by commas.
  public init(_ name: String, types: SQL) {
    self.name = Identifier(name)
    self.types = types
  }

  /// Goes to a session once, before anything is run.
  ///
  /// - Parameter body: the statement, with `$1` and so on for the parameters.
  public func preparation(_ body: SQL) -> SQL { "PREPARE \(name) (\(types)) AS \(body);\n" }

  /// Runs it, in a batch of its own or together with others.
  public func execution(_ arguments: [SQL]) -> Execution {
    Execution(statement: "EXECUTE \(name) (\(arguments.joined(separator: ", ")));\n")
  }

  /// One run of a prepared statement.
  public struct Execution: Sendable {
    fileprivate let statement: SQL

    /// See `[Execution].sql`.
    public var sql: SQL { [self].sql }
  }
}

extension [PreparedStatement.Execution] {
  /// Runs them one after the other, within a transaction. Left to itself the server would plan anew for the first five
  /// times, and decide then by a cost that leaves out most of what planning takes; the setting is given back at once, as
  /// functions of the user's own triggers go by it too.
  public var sql: SQL {
    """
    SET LOCAL plan_cache_mode = force_generic_plan;
    \(map(\.statement).joined(separator: ""))SET LOCAL plan_cache_mode = auto;
    """
  }
}
