import Postgres
import TestConnections
import TestServers
import Testing

@testable import TimescaleDB
@testable import Verification

extension Connection {
  /// A relation's columns as the program reads them.
  func columns(of relation: String) throws -> [Column] {
    let found = try query(
      "SELECT k.* FROM (\(Column.arrays(of: "\(relation)::regclass"))) AS k", doing: "testing"
    ) {
      row throws(PostgresError) in try Column.all(in: row)
    }
    return try #require(found.first)
  }

  /// The checksum over whole rows of `public.<name>`.
  func rowSum(_ name: String, where predicate: SQL? = nil, sameEncoding: Bool = true) throws -> Checksum {
    let columns = try columns(of: "public.\(Identifier(name))").filter { $0.name.name != "row_id" }
    let sql = Checksum.ofRows(
      in: Relation(QualifiedName("public", name)), where: predicate, columns: columns,
      sameEncoding: sameEncoding)
    return try #require(
      try query(sql, doing: "testing") { row throws(PostgresError) in try Checksum(row, columns: 1) }.first)
  }

  func columnSums(_ name: String, sameEncoding: Bool = true) throws -> Checksum {
    let columns = try columns(of: "public.\(Identifier(name))")
    let sql = Checksum.ofColumns(
      in: Relation(QualifiedName("public", name)), where: nil, columns: columns, sameEncoding: sameEncoding)
    return try #require(
      try query(sql, doing: "testing") { row throws(PostgresError) in
        try Checksum(row, columns: columns.count)
      }.first)
  }
}
