import TestServers
import Testing

/// A fault in a pair that is otherwise without one, and what `check` has to say of it.
struct CheckCase: Sendable, CustomTestStringConvertible {
  enum Place: Sendable {
    case source
    case target
  }

  /// Who runs the statement that is said to mend it.
  enum Mender: Sendable {
    case owner
    case superuser
    /// It is no SQL, or would need what a test has not.
    case nobody
  }

  var testDescription: String { "\(code): \(name)" }

  let name: String
  let code: String
  let level: String
  let place: Place
  /// The side that the finding is about; nil for both.
  let side: String?
  var object: String? = #""public"."readings""#
  let fact: String
  /// What both sides have before.
  var setup = ""
  /// The fault, made by a superuser.
  let fault: String
  var mender = Mender.owner
  /// Where the statement is run, if not on `side`.
  var mendsOnTarget = true
  var needsCommunity = false
  /// Of TimescaleDB.
  var since = TimescaleVersion(2, 14, 0)
  var sincePostgres = 14

  func applies(to server: TestServer) -> Bool {
    (server.isCommunity || !needsCommunity) && server.timescaleVersion >= since
      && server.pgMajor >= sincePostgres
  }

  func run(on server: TestServer) async throws {
    let rows = CheckTests.table + setup + CheckTests.rows
    let migration = try await Migration.on(server, setup: rows)
    let database = place == .source ? migration.source : migration.target
    let mended = mendsOnTarget && side != "source" ? migration.target : migration.source
    let mend: (String) throws -> Void =
      mender == .superuser ? { try mended.executeAsSuperuser($0) } : { try mended.execute($0) }
    try await migration.expectFinding(
      code, level: level, side: side, object: object, saying: fact,
      after: { try database.executeAsSuperuser("SET search_path = public; " + fault) },
      mendedBy: mender == .nobody ? nil : mend)
  }
}
