internal import CLibpq

/// Reads one result's rows by the names of its columns. A name is looked up once a result, not once a row.
///
/// A row is read by the same calls in the same order as the row before it, so the column that is asked for next is
/// nearly always the one that was asked for next then. Only two addresses are compared to see that.
final class RowReader {
  let handle: OpaquePointer
  private let side: Side
  private let operation: String
  private var found: [Place] = []
  /// Where in `found` the next column is expected.
  private var next = 0

  /// A column that was asked for. Names are literals, so that their addresses tell them apart.
  private struct Place {
    let prefix: UnsafePointer<UInt8>?
    let name: UnsafePointer<UInt8>
    let column: Int32
  }

  init(handle: OpaquePointer, side: Side, operation: String) {
    self.handle = handle
    self.side = side
    self.operation = operation
  }

  /// The column of that name.
  ///
  /// - Throws: where there is none, or more than one.
  func column(_ prefix: StaticString?, _ name: StaticString) throws(PostgresError) -> Int32 {
    let address = (prefix: prefix?.utf8Start, name: name.utf8Start)
    if next == found.count { next = 0 }
    if next < found.count, found[next].name == address.name, found[next].prefix == address.prefix {
      next += 1
      return found[next - 1].column
    }
    let known = found.firstIndex { $0.name == address.name && $0.prefix == address.prefix }
    if let known {
      next = known + 1
      return found[known].column
    }
    let column = try lookUp((prefix?.description ?? "") + name.description)
    found.append(Place(prefix: address.prefix, name: address.name, column: column))
    next = found.count
    return column
  }

  private func lookUp(_ name: String) throws(PostgresError) -> Int32 {
    let columns = (0..<PQnfields(handle)).filter { column in
      PQfname(handle, column).map { String(cString: $0).hasSameBytes(as: name) } ?? false
    }
    guard columns.count == 1 else {
      throw error("the answer has \(columns.isEmpty ? "no column" : "several columns called") \"\(name)\"")
    }
    return columns[0]
  }

  /// The name as it stands in the answer.
  func name(of column: Int32) -> String { PQfname(handle, column).map { String(cString: $0) } ?? "" }

  func error(_ message: String) -> PostgresError {
    PostgresError(kind: .unexpectedAnswer, side: side, operation: operation, message: message)
  }
}
