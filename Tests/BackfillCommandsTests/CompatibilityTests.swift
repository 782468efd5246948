import Postgres
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

@Suite("Two databases that don't go together") struct CompatibilityTests {
  private func installation(
    _ version: String = "2.22.1", server: Int = 150018, isInRecovery: Bool = false, isRestoring: Bool = false
  ) throws -> Installation {
    Installation(
      capabilities: Capabilities(version: try #require(TimescaleVersion(version)), isCommunity: true),
      schema: Identifier("public"),
      server: ServerCapabilities(version: server, description: "\(server / 10000).\(server % 10000)"),
      encoding: "UTF8",
      defaultCollation: "C",
      isInRecovery: isInRecovery, database: "db", user: "app", isRestoring: isRestoring,
      mayBypassExtension: false, mayDisableTriggers: false, mayRecordSizes: false)
  }

  private func refusal(_ source: Installation, _ target: Installation) -> String? {
    do throws(CommandFailure) {
      _ = try Compatibility.check(source: source, target: target)
      return nil
    } catch {
      guard case .failed(let text, let advice) = error else { return "another failure" }
      return "\(text) | \(advice ?? "")"
    }
  }

  @Test("are refused with what to do") func refused() throws {
    let good = try installation()
    let table: [(Installation, Installation, String)] = [
      (good, try installation("2.23.0"), "TimescaleDB is 2.22.1 on the source and 2.23.0 on the target"),
      (try installation("2.13.1"), try installation("2.13.1"), "2.13.1 is older than 2.14"),
      (
        try installation("2.15.3", server: 130023), try installation("2.15.3", server: 130023),
        "source: PostgreSQL 13.23 is older than 14, the oldest that is supported | upgrade PostgreSQL first"
      ),
      (
        try installation("2.15.3"), try installation("2.15.3", server: 130023),
        "target: PostgreSQL 13.23 is older than 14"
      ),
      (
        good, try installation(server: 140005),
        "PostgreSQL is 15.18 on the source and 14.5, older, on the target"
      ),
      (try installation(isRestoring: true), good, "source: timescaledb.restoring is on"),
      (good, try installation(isRestoring: true), "target: timescaledb.restoring is on"),
      (good, try installation(isInRecovery: true), "target: this server is a standby"),
    ]
    for (source, target, expected) in table {
      let found = refusal(source, target)
      #expect(found?.contains(expected) == true, "\(found ?? "taken") instead of \(expected)")
    }
  }

  @Test("others are taken, a version from the future with a warning") func taken() throws {
    #expect(
      try Compatibility.check(source: try installation(isInRecovery: true), target: try installation())
        .isEmpty)
    #expect(
      try Compatibility.check(source: try installation(server: 140005), target: try installation()).isEmpty)
    let future = try Compatibility.check(
      source: try installation("2.99.0"), target: try installation("2.99.0"))
    #expect(future.count == 1 && future.first?.contains("newer than this program knows") == true)
  }
}
