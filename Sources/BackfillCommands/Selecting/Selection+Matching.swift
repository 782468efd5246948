import Postgres
import TimescaleDB

extension Selection {
  /// The hypertables that the filter and the cascades choose, in the order given, without those that are excluded: an
  /// aggregate between a hypertable and another aggregate may be left out, as each has rows of its own.
  ///
  /// - Throws: `CommandFailure.usage` for an invalid regular expression.
  func chosen(
    from hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(CommandFailure) -> [Hypertable] {
    try withoutExcluded(try included(of: hypertables, on: connection), on: connection)
  }

  /// The same where there has to be one.
  ///
  /// - Returns: also whether there is an expression for exclusion that matches none.
  /// - Throws: `CommandFailure` where none is left; as usage for an invalid regular expression.
  func some(
    of all: [Hypertable], on connection: borrowing Connection
  ) throws(CommandFailure) -> (chosen: [Hypertable], excludesNothing: Bool) {
    let included = try included(of: all, on: connection)
    guard !included.isEmpty else {
      throw .failed(.selection(all.isEmpty ? .noHypertables : .nothingMatches))
    }
    let chosen = try withoutExcluded(included, on: connection)
    guard !chosen.isEmpty else { throw .failed(.selection(.everythingExcluded)) }
    return (chosen, exclude != nil && chosen.count == included.count)
  }

  /// - Throws: `CommandFailure.usage` for an invalid regular expression.
  private func withoutExcluded(
    _ included: [Hypertable], on connection: borrowing Connection
  ) throws(CommandFailure) -> [Hypertable] {
    guard let exclude else { return included }
    let excluded = try Self.matches(
      exclude, among: Self.names(of: included), option: .exclude, on: connection)
    return included.filter { !excluded.contains($0.id) }
  }

  /// What is chosen before anything is excluded.
  ///
  /// - Throws: `CommandFailure.usage` for an invalid regular expression.
  private func included(
    of hypertables: [Hypertable], on connection: borrowing Connection
  ) throws(CommandFailure) -> [Hypertable] {
    guard let filter else { return hypertables }
    let matches = try Self.matches(
      filter, among: Self.names(of: hypertables), option: .filter, on: connection)
    let chosen = HypertableGraph(hypertables: hypertables)
      .closure(of: matches, up: cascadeUp, down: cascadeDown)
    return hypertables.filter { chosen.contains($0.id) }
  }

  /// The names that the filter chooses and nothing excludes, in the order given; what cascades is nothing to them.
  ///
  /// - Throws: `CommandFailure.usage` for an invalid regular expression.
  func chosenNames(
    from names: [QualifiedName], on connection: borrowing Connection
  ) throws(CommandFailure) -> [QualifiedName] {
    let known = names.enumerated().map { (id: Int64($0.offset + 1), name: $0.element) }
    let included = try filter.map { text throws(CommandFailure) in
      try Self.matches(text, among: known, option: .filter, on: connection)
    }
    let excluded = try exclude.map { text throws(CommandFailure) in
      try Self.matches(text, among: known, option: .exclude, on: connection)
    }
    return known.filter { included?.contains($0.id) != false && excluded?.contains($0.id) != true }.map(
      \.name)
  }

  private static func names(of hypertables: [Hypertable]) -> [(id: Int64, name: QualifiedName)] {
    hypertables.map { ($0.id, $0.knownName) }
  }

  private static func matches(
    _ expression: String, among names: [(id: Int64, name: QualifiedName)], option: SelectionOption,
    on connection: borrowing Connection
  ) throws(CommandFailure) -> Set<Int64> {
    do throws(PostgresError) {
      let found = try connection.query(
        question(expression, names), doing: "applying --\(option.rawValue)"
      ) { row throws(PostgresError) in try row.integer("id") }
      return Set(found)
    } catch {
      guard error.sqlState == SQLState.invalidRegularExpression else { throw CommandFailure(error) }
      throw .usage(.selection(.invalidExpression(option, expression, reason: error.message ?? "")))
    }
  }

  /// Each name in both spellings: as it is, and as PostgreSQL quotes it, which Timescale's tool matches. They are
  /// compared under the database's own collation, so that case is ignored beyond ASCII too. The first row is there so
  /// that the expression is checked even when there is nothing to match.
  private static func question(_ filter: String, _ known: [(id: Int64, name: QualifiedName)]) -> SQL {
    let names = known.map { "(\($0.id)::int8, \($0.name.schema.name), \($0.name.name.name))" as SQL }
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
