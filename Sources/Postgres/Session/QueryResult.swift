internal import CLibpq

/// What one statement returned. Owns libpq's memory for it.
public struct QueryResult: ~Copyable {
  let handle: OpaquePointer
  let side: Side
  let operation: String

  deinit { PQclear(handle) }

  public var rowCount: Int { Int(PQntuples(handle)) }

  var status: ExecStatusType { PQresultStatus(handle) }

  /// Rows the statement inserted, updated, deleted or copied; 0 where that has no meaning.
  public var affectedRows: Int64 {
    PQcmdTuples(handle).flatMap { Int64(String(cString: $0)) } ?? 0
  }

  /// The command's name as the server gives it, such as "SELECT" or "COMMIT". Of a COMMIT that found the transaction
  /// failed it is "ROLLBACK".
  public var command: String {
    PQcmdStatus(handle).map { String(cString: $0).prefix { $0 != " " } }.map(String.init) ?? ""
  }

  /// The name of the first column; nil where no columns were returned.
  public var firstColumn: String? { PQfname(handle, 0).map { String(cString: $0) } }

  /// One value per row.
  public func map<Value>(_ body: (Row) throws(PostgresError) -> Value) throws(PostgresError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(rowCount)
    for index in 0..<rowCount {
      values.append(try body(Row(handle: handle, index: Int32(index), side: side, operation: operation)))
    }
    return values
  }
}

/// One row, only to be used inside `QueryResult.map`.
public struct Row {
  let handle: OpaquePointer
  let index: Int32
  let side: Side
  let operation: String

  /// How many columns there are.
  public var count: Int { Int(PQnfields(handle)) }

  private func unexpected(_ column: Int, _ wanted: String) -> PostgresError {
    let found = optionalText(column) ?? "NULL"
    return PostgresError(
      kind: .unexpectedAnswer, side: side, operation: operation,
      message: "column \(column + 1) of the answer should be \(wanted) but is \(found)")
  }

  public func optionalText(_ column: Int) -> String? {
    guard column < PQnfields(handle), PQgetisnull(handle, index, Int32(column)) == 0 else { return nil }
    return PQgetvalue(handle, index, Int32(column)).map { String(cString: $0) }
  }

  public func text(_ column: Int) throws(PostgresError) -> String {
    guard let text = optionalText(column) else { throw unexpected(column, "text") }
    return text
  }

  public func optionalInteger(_ column: Int) throws(PostgresError) -> Int64? {
    guard let text = optionalText(column) else { return nil }
    guard let number = Int64(text) else { throw unexpected(column, "an integer") }
    return number
  }

  public func integer(_ column: Int) throws(PostgresError) -> Int64 {
    guard let number = try optionalInteger(column) else { throw unexpected(column, "an integer") }
    return number
  }

  public func flag(_ column: Int) throws(PostgresError) -> Bool {
    switch optionalText(column) {
    case "t": true
    case "f": false
    default: throw unexpected(column, "a boolean")
    }
  }

  /// A schema's and a relation's name from this column and the next.
  public func name(_ column: Int) throws(PostgresError) -> QualifiedName {
    QualifiedName(try text(column), try text(column + 1))
  }

  /// The same; nil where one of them is NULL.
  public func optionalName(_ column: Int) -> QualifiedName? {
    guard let schema = optionalText(column), let name = optionalText(column + 1) else { return nil }
    return QualifiedName(schema, name)
  }

  /// An array of text without NULLs; empty for a NULL array.
  public func texts(_ column: Int) throws(PostgresError) -> [String] {
    guard let text = optionalText(column) else { return [] }
    guard let elements = ArrayLiteral.elements(of: text) else { throw unexpected(column, "an array") }
    return elements
  }

  /// An array of integers without NULLs; empty for a NULL array.
  public func integers(_ column: Int) throws(PostgresError) -> [Int64] {
    let elements = try texts(column)
    let numbers = elements.compactMap(Int64.init)
    guard numbers.count == elements.count else { throw unexpected(column, "an array of integers") }
    return numbers
  }
}
