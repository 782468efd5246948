import Postgres
import TimescaleDB

extension Selection {
  /// The hypertables that the filter and the cascades choose, in the order given.
  ///
  /// - Throws: `CommandFailure.usage` for an invalid regular expression.
  func chosen(
    from hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(CommandFailure) -> [Hypertable] {
    guard let filter else { return hypertables }
    let matches: [Int64]
    do throws(PostgresError) {
      matches = try connection.query(Self.question(filter, hypertables), doing: "applying --filter") {
        row throws(PostgresError) in try row.integer("id")
      }
    } catch {
      guard error.sqlState == SQLState.invalidRegularExpression else { throw CommandFailure(error) }
      throw .usage(.selection(.invalidFilter(filter, reason: error.message)))
    }
    let chosen = HypertableGraph(hypertables: hypertables)
      .closure(of: Set(matches), up: cascadeUp, down: cascadeDown)
    return hypertables.filter { chosen.contains($0.id) }
  }

  /// Each name in both spellings: as it is, and as PostgreSQL quotes it, which Timescale's tool matches. They are
  /// compared under the database's own collation, so that case is ignored beyond ASCII too. The first row is there so
  /// that the expression is checked even when there is nothing to match.
  private static func question(_ filter: String, _ hypertables: [Hypertable]) -> SQL {
    let names = hypertables.map { hypertable in
      "(\(hypertable.id)::int8, \(hypertable.knownName.schema.name), \(hypertable.knownName.name.name))"
        as SQL
    }
    return """
      SELECT id FROM (
        SELECT id, schema || '.' || name COLLATE "default" ~* \(filter)
          OR quote_ident(schema) || '.' || quote_ident(name) COLLATE "default" ~* \(filter) AS matches
        FROM (VALUES \((["(0::int8, '', '')"] + names).joined(separator: ", "))) AS known (id, schema, name)
        OFFSET 0) AS known
      WHERE matches AND id > 0
      """
  }
}
