import TestServers
import TestTraits
import Testing

@testable import chaos

@Suite(
  "Chaos", .serialized, .needs(TestServer.all))
struct ChaosTests {
  /// Few enough for every change; `scripts/chaos` runs the others.
  private static let rounds = 6

  @Test("faults of a fixed set of seeds lose no row and double none") func fixedSeeds() async throws {
    let server = try #require(TestServer.newest)
    let campaign = Campaign(firstSeed: 1, rounds: Self.rounds, limit: nil)
    let result = try await campaign.run(on: server) { print($0) }
    for (seed, reason) in result.failed { Issue.record("seed \(seed): \(reason)") }
    #expect(result.survived.count == Self.rounds)
    #expect(!result.faults.isEmpty)
  }

  @Test("a seed gives the same faults every time", arguments: [1, 7, 99_999] as [UInt64])
  func repeatable(seed: UInt64) {
    let first = Schedule(seed: seed, isCommunity: true).entries
    let second = Schedule(seed: seed, isCommunity: true).entries
    #expect(first.map(\.fault) == second.map(\.fault))
    #expect(first.map(\.delay) == second.map(\.delay))
  }

  @Test("a few hundred seeds give faults of every kind") func allKinds() {
    let kinds = Set((1...300).flatMap { Schedule(seed: $0, isCommunity: true).entries }.map(\.fault.kind))
    #expect(kinds.count == 35)
  }
}
