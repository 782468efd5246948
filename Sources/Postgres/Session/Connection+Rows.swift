extension Connection {
  /// Whether a relation has a row, and one that meets a condition where that is given.
  ///
  /// - Throws: `PostgresError`.
  public func hasRows(
    in relation: QualifiedName, where condition: SQL? = nil, doing operation: String
  ) throws(PostgresError) -> Bool {
    try queryRow(
      "SELECT EXISTS (SELECT FROM \(relation)\(SQL.filter(condition))) AS has_rows", doing: operation
    ) { row throws(PostgresError) in try row.flag("has_rows") }
  }
}
