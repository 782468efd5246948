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

  private func refusal(_ source: Installation, _ target: Installation) -> Finding? {
    do throws(CommandFailure) {
      _ = try Compatibility.check(source: source, target: target)
      return nil
    } catch {
      guard case .failed(let finding) = error else { return nil }
      return finding
    }
  }

  @Test("are refused for their versions") func versions() throws {
    let good = try installation()
    let table: [(Installation, Installation, VersionFinding)] = [
      (good, try installation("2.23.0"), .timescaleDiffers(source: "2.22.1", target: "2.23.0")),
      (
        try installation("2.13.1"), try installation("2.13.1"),
        .timescaleTooOld(version: "2.13.1", oldest: "2.14")
      ),
      (
        try installation("2.15.3", server: 130023), try installation("2.15.3", server: 130023),
        .postgresTooOld(.source, version: "13.23", oldest: "14")
      ),
      (
        try installation("2.15.3"), try installation("2.15.3", server: 130023),
        .postgresTooOld(.target, version: "13.23", oldest: "14")
      ),
      (good, try installation(server: 140005), .postgresOlderOnTarget(source: "15.18", target: "14.5")),
    ]
    for (source, target, expected) in table {
      guard case .versions(let found) = refusal(source, target) else {
        Issue.record("not \(expected)")
        continue
      }
      #expect(found == expected)
    }
  }

  @Test("are refused for what they are doing") func states() throws {
    let good = try installation()
    let table: [(Installation, Installation, DatabaseFinding)] = [
      (try installation(isRestoring: true), good, .isRestoring(.source)),
      (good, try installation(isRestoring: true), .isRestoring(.target)),
      (good, try installation(isInRecovery: true), .targetIsStandby),
    ]
    for (source, target, expected) in table {
      guard case .databases(let found) = refusal(source, target) else {
        Issue.record("not \(expected)")
        continue
      }
      #expect(found == expected)
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
    #expect(future == [.untried(version: "2.99.0")])
  }
}
