internal import CLibpq
import Glibc

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
    guard let tag = PQcmdStatus(handle) else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: tag, count: strcspn(tag, " ")), as: UTF8.self)
  }

  /// The name of the first column; nil where no columns were returned.
  public var firstColumn: String? { PQfname(handle, 0).map { String(cString: $0) } }

  /// One value per row.
  public func map<Value>(_ body: (Row) throws(PostgresError) -> Value) throws(PostgresError) -> [Value] {
    let reader = RowReader(handle: handle, side: side, operation: operation)
    var values: [Value] = []
    values.reserveCapacity(rowCount)
    for index in 0..<rowCount { values.append(try body(Row(reader: reader, index: Int32(index)))) }
    return values
  }
}
