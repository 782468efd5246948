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
  private var names: Names?
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

  /// Where each answer has one row, names are nearly all that is read: none is made a String for it, and what is asked for
  /// next mostly comes next in the answer.
  private func lookUp(_ name: StaticString) throws(PostgresError) -> Int32 {
    let wanted = Name(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
    let names = self.names ?? Names(of: handle)
    self.names = names
    let expected = found.last.map { Int($0.column) + 1 } ?? 0
    if !names.hasDoubles, expected < names.all.count, names.all[expected] == wanted { return Int32(expected) }
    guard let found = names.all.firstIndex(of: wanted) else {
      throw error("the answer has no column \"\(name)\"")
    }
    guard !names.hasDoubles || names.all.lastIndex(of: wanted) == found else {
      throw error("the answer has several columns called \"\(name)\"")
    }
    return Int32(found)
  }

  private struct Names {
    let all: [Name]
    let hasDoubles: Bool

    init(of result: OpaquePointer) {
      let all = (0..<PQnfields(result)).map { Name(PQfname(result, $0)) }
      self.all = all
      hasDoubles = all.indices.contains { all[..<$0].contains(all[$0]) }
    }
  }

  /// A column's name where libpq or the program keeps it.
  private struct Name: Equatable {
    let text: UnsafePointer<CChar>
    let hash: UInt32

    /// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
    init(_ text: UnsafePointer<CChar>) {
      self.text = text
      var hash: UInt32 = 2_166_136_261
      var next = text
      while next.pointee != 0 {
        hash = (hash ^ UInt32(UInt8(bitPattern: next.pointee))) &* 16_777_619
        next += 1
      }
      self.hash = hash
    }

    static func == (left: Name, right: Name) -> Bool {
      left.hash == right.hash && strcmp(left.text, right.text) == 0
    }
  }

  /// The name as it stands in the answer.
  func name(of column: Int32) -> String { PQfname(handle, column).map { String(cString: $0) } ?? "" }

  func error(_ fault: String) -> PostgresError {
    .unexpected(fault, side, doing: operation)
  }
}
