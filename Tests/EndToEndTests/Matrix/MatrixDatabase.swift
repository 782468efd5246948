import Foundation
import TestServers

/// A database of the matrix: runs the cases' SQL and tells what became of it. Its sessions serve all cases one after
/// the other; a new one would have to read the whole catalog for each.
final class MatrixDatabase {
  let database: TestDatabase
  let isCommunity: Bool
  private var sessions: [Bool: SQLSession] = [:]

  init(_ database: TestDatabase, on server: TestServer) {
    self.database = database
    isCommunity = server.isCommunity
  }

  /// Runs a script's paragraphs one by one.
  func run(_ script: String, of matrixCase: MatrixCase, asSuperuser: Bool = false) throws {
    let paragraphs = script.components(separatedBy: "\n\n").filter { !$0.allSatisfy(\.isWhitespace) }
    guard !paragraphs.isEmpty else { return }
    let session = try session(of: matrixCase, asSuperuser: asSuperuser)
    for paragraph in paragraphs { try session.execute(paragraph) }
  }

  func session(of matrixCase: MatrixCase, asSuperuser: Bool = false) throws -> SQLSession {
    let session = try sessions[asSuperuser] ?? open(asSuperuser: asSuperuser)
    sessions[asSuperuser] = session
    let schemas = [matrixCase.name, database.extensionSchema].map(quotedIdentifier).joined(separator: ", ")
    try session.execute("RESET ALL; SET TimeZone = 'UTC'; SET search_path = \(schemas)")
    return session
  }

  private func open(asSuperuser: Bool) throws -> SQLSession {
    let session =
      asSuperuser
      ? try SQLSession(connectionString: database.superuserConnectionString) : try database.session()
    try session.execute(MatrixFacts.helper)
    return session
  }

  /// What is to be compared of one case.
  func facts(of matrixCase: MatrixCase) throws -> MatrixFacts {
    let session = try session(of: matrixCase)
    // With it real-time aggregates that were restored can't be sorted on PostgreSQL 16 and later, up to 2.19
    // ("ORDER/GROUP BY expression not found in targetlist").
    _ = try session.query(
      "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'timescaledb.enable_cagg_sort_pushdown'"
    )
    var facts = MatrixFacts()
    for table in matrixCase.tables {
      facts.chunks += try session.query(
        MatrixFacts.chunks(of: table, schema: matrixCase.name, isCommunity: isCommunity)
      ).map {
        MatrixFacts.Chunk(
          table: table.name, slices: $0[0] ?? "", status: Int($0[1] ?? "") ?? -1, batches: $0[2], rows: $0[3])
      }
      for query in MatrixFacts.contents(of: table) {
        facts.answers.append((query, try session.query(query)))
      }
    }
    for query in matrixCase.queries { facts.answers.append((query, try session.query(query))) }
    facts.invalidations = try session.query(MatrixFacts.invalidations(schema: matrixCase.name))
    return facts
  }
}
