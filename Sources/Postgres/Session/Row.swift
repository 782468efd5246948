internal import CLibpq

/// One row, only to be used inside `QueryResult.map`. Its values are read by the names of their columns:
///
///     try connection.query("SELECT id, table_name, status FROM ...", doing: "...") { row throws(PostgresError) in
///       Found(id: try row.integer("id"), name: try row.text("table_name"), ...)
///     }
///
/// Each call throws a `PostgresError` of kind `unexpectedAnswer` where the answer doesn't have exactly one such column, or
/// where the value isn't of the form that is asked for.
public struct Row {
  let reader: RowReader
  let index: Int32

  public func optionalText(_ name: StaticString) throws(PostgresError) -> String? {
    value(try reader.column(name))
  }

  public func text(_ name: StaticString) throws(PostgresError) -> String {
    try text(in: try reader.column(name))
  }

  public func optionalInteger(_ name: StaticString) throws(PostgresError) -> Int64? {
    try optionalInteger(in: try reader.column(name))
  }

  public func integer(_ name: StaticString) throws(PostgresError) -> Int64 {
    try integer(in: try reader.column(name))
  }

  public func flag(_ name: StaticString) throws(PostgresError) -> Bool {
    try flag(in: try reader.column(name))
  }

  /// A schema's name from one column and that of something in it from another.
  public func name(_ schema: StaticString, _ name: StaticString) throws(PostgresError) -> QualifiedName {
    QualifiedName(try text(schema), try text(name))
  }

  /// nil where one of them is NULL.
  public func optionalName(_ schema: StaticString, _ name: StaticString) throws(PostgresError)
    -> QualifiedName?
  {
    guard let schema = try optionalText(schema), let name = try optionalText(name) else { return nil }
    return QualifiedName(schema, name)
  }

  /// An array of text without NULLs; empty for a NULL array.
  public func texts(_ name: StaticString) throws(PostgresError) -> [String] {
    try texts(in: try reader.column(name))
  }

  /// An array of integers without NULLs; empty for a NULL array.
  public func integers(_ name: StaticString) throws(PostgresError) -> [Int64] {
    try integers(in: try reader.column(name))
  }

  /// An array of booleans without NULLs; empty for a NULL array.
  public func flags(_ name: StaticString) throws(PostgresError) -> [Bool] {
    try flags(in: try reader.column(name))
  }
}

extension Row {
  func value(_ column: Int32) -> String? {
    guard column < PQnfields(reader.handle), PQgetisnull(reader.handle, index, column) == 0 else {
      return nil
    }
    return PQgetvalue(reader.handle, index, column).map { String(cString: $0) }
  }

  func text(in column: Int32) throws(PostgresError) -> String {
    guard let text = value(column) else { throw unexpected(column, "text") }
    return text
  }

  func optionalInteger(in column: Int32) throws(PostgresError) -> Int64? {
    guard let text = value(column) else { return nil }
    guard let number = Int64(text) else { throw unexpected(column, "an integer") }
    return number
  }

  func integer(in column: Int32) throws(PostgresError) -> Int64 {
    guard let number = try optionalInteger(in: column) else { throw unexpected(column, "an integer") }
    return number
  }

  func flag(in column: Int32) throws(PostgresError) -> Bool {
    switch value(column) {
    case "t": true
    case "f": false
    default: throw unexpected(column, "a boolean")
    }
  }

  func texts(in column: Int32) throws(PostgresError) -> [String] {
    guard let text = value(column) else { return [] }
    guard let elements = ArrayLiteral.elements(of: text) else { throw unexpected(column, "an array") }
    return elements
  }

  func integers(in column: Int32) throws(PostgresError) -> [Int64] {
    let elements = try texts(in: column)
    let numbers = elements.compactMap(Int64.init)
    guard numbers.count == elements.count else { throw unexpected(column, "an array of integers") }
    return numbers
  }

  func flags(in column: Int32) throws(PostgresError) -> [Bool] {
    let elements = try texts(in: column)
    guard elements.allSatisfy({ $0 == "t" || $0 == "f" }) else {
      throw unexpected(column, "an array of booleans")
    }
    return elements.map { $0 == "t" }
  }

  private func unexpected(_ column: Int32, _ wanted: String) -> PostgresError {
    reader.error(
      "column \"\(reader.name(of: column))\" of the answer should be \(wanted) but is \(value(column) ?? "NULL")"
    )
  }
}
