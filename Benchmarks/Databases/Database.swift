import Foundation
import TestServers

/// One database of the benchmarks, owned by the ordinary user `app`.
struct Database {
  let cluster: TestCluster
  let name: String

  /// Loading what is measured later may take its time.
  private static let limit = Duration.seconds(3600)

  func session() throws -> SQLSession {
    try SQLSession(connectionString: cluster.connectionString(database: name), limit: Self.limit)
  }

  func superuserSession() throws -> SQLSession {
    try SQLSession(connectionString: cluster.superuserConnectionString(database: name), limit: Self.limit)
  }

  func number(_ sql: String) throws -> Int {
    let text = try session().query(sql).first?.first ?? nil
    guard let number = text.flatMap({ Int($0) }) else {
      throw BenchmarkError("no number but \(text ?? "NULL") from: \(sql)")
    }
    return number
  }

  /// The server's own port.
  var port: Int { cluster.port }

  /// As `app`, on `port`: the server's own, or a proxy's before it.
  func connectionString(port: Int) -> String {
    cluster.connectionString(database: name).replacingOccurrences(
      of: "127.0.0.1:\(cluster.port)/", with: "127.0.0.1:\(port)/")
  }

  /// A copy, file by file, that begins its life with a checkpoint.
  func cloned(as name: String) throws -> Database {
    let copy = Database(cluster: cluster, name: name)
    try copy.drop()
    try Database(cluster: cluster, name: "postgres").superuserSession().execute(
      """
      CREATE DATABASE \(quotedIdentifier(name)) OWNER app TEMPLATE \(quotedIdentifier(self.name))
      STRATEGY file_copy
      """)
    return copy
  }

  func drop() throws {
    try Database(cluster: cluster, name: "postgres").superuserSession().execute(
      "DROP DATABASE IF EXISTS \(quotedIdentifier(name)) WITH (FORCE)")
  }
}
