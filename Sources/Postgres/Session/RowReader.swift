internal import CLibpq
import Glibc

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
  func column(_ name: StaticString) throws(PostgresError) -> Int32 {
    let address = name.utf8Start
    if next == found.count { next = 0 }
    if next < found.count, found[next].name == address {
      next += 1
      return found[next - 1].column
    }
    if let known = found.firstIndex(where: { $0.name == address }) {
      next = known + 1
      return found[known].column
    }
    let column = try lookUp(name)
    found.append(Place(name: address, column: column))
    next = found.count
    return column
  }

  /// Where each answer has one row, names are nearly all that is read, so that none is made a String for it.
  private func lookUp(_ name: StaticString) throws(PostgresError) -> Int32 {
    let wanted = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    var found: Int32?
    for column in 0..<PQnfields(handle) {
      guard let other = PQfname(handle, column), strcmp(other, wanted) == 0 else { continue }
      guard found == nil else { throw error("the answer has several columns called \"\(name)\"") }
      found = column
    }
    guard let found else { throw error("the answer has no column \"\(name)\"") }
    return found
  }

  /// The name as it stands in the answer.
  func name(of column: Int32) -> String { PQfname(handle, column).map { String(cString: $0) } ?? "" }

  func error(_ fault: String) -> PostgresError {
    .unexpected(fault, side, doing: operation)
  }
}
