internal import CLibpq

/// Values by their columns' places, the first being 0: for answers whose columns are counted, not named.
extension Row {
  /// How many columns there are.
  public var count: Int { Int(PQnfields(reader.handle)) }

  public func optionalText(_ column: Int) -> String? { value(Int32(column)) }

  public func text(_ column: Int) throws(PostgresError) -> String { try text(in: Int32(column)) }

  public func optionalInteger(_ column: Int) throws(PostgresError) -> Int64? {
    try optionalInteger(in: Int32(column))
  }

  public func integer(_ column: Int) throws(PostgresError) -> Int64 { try integer(in: Int32(column)) }

  public func flag(_ column: Int) throws(PostgresError) -> Bool { try flag(in: Int32(column)) }

  /// A schema's and a relation's name from this column and the next.
  public func name(_ column: Int) throws(PostgresError) -> QualifiedName {
    QualifiedName(try text(column), try text(column + 1))
  }

  /// nil where one of them is NULL.
  public func optionalName(_ column: Int) -> QualifiedName? {
    guard let schema = optionalText(column), let name = optionalText(column + 1) else { return nil }
    return QualifiedName(schema, name)
  }

  public func texts(_ column: Int) throws(PostgresError) -> [String] { try texts(in: Int32(column)) }

  public func integers(_ column: Int) throws(PostgresError) -> [Int64] { try integers(in: Int32(column)) }
}
