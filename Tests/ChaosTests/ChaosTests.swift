import Foundation
import TestServers
import TestTraits
import Testing

@testable import chaos

@Suite("Chaos") struct ChaosTests {
  /// Few enough for every change; `scripts/chaos` runs the others.
  private static let rounds = 6

  /// A whole campaign takes minutes, for which a run of the tests would have to wait in the end.
  enum Half: CaseIterable, Sendable {
    case first, second

    var numbers: Range<Int> {
      self == .first ? 0..<ChaosTests.rounds / 2 : ChaosTests.rounds / 2..<ChaosTests.rounds
    }
  }

  private static func survive(_ half: Half, on server: TestServer) async throws {
    let campaign = Campaign(
      firstSeed: 1, rounds: rounds, limit: nil, coversEveryKind: true, numbers: half.numbers)
    let result = try await campaign.run(on: server) {
      FileHandle.standardOutput.write(Data("\($0)\n".utf8))
    }
    for (seed, reason) in result.failed { Issue.record("seed \(seed): \(reason)") }
    #expect(result.survived.count == half.numbers.count)
    // The others came too late or too early, which the log tells.
    #expect(result.faults.count >= Fault.kinds / 4, "\(result.faults)")
  }

  @Test(
    "faults of every kind lose no row and double none, hide none and change no chunk's form",
    .needs(TestServer.communityEnds), arguments: TestServer.communityEnds, Half.allCases)
  func everyKind(server: TestServer, half: Half) async throws { try await Self.survive(half, on: server) }

  private static let apache = Servers(.newest, .apache)

  @Test(
    "faults of every kind that the Apache edition has lose no row and double none", .needs(apache),
    arguments: apache, Half.allCases)
  func everyKindOfApache(server: TestServer, half: Half) async throws {
    try await Self.survive(half, on: server)
  }

  @Test("a seed gives the same faults every time", arguments: [1, 7, 99_999] as [UInt64])
  func repeatable(seed: UInt64) {
    let first = Schedule(seed: seed, isCommunity: true).entries
    let second = Schedule(seed: seed, isCommunity: true).entries
    #expect(first.map(\.fault) == second.map(\.fault))
    #expect(first.map(\.delay) == second.map(\.delay))
    #expect(Fault.ofEveryKind(seed: seed) == Fault.ofEveryKind(seed: seed))
  }

  @Test("a few hundred seeds give faults of every kind") func allKinds() {
    let kinds = Set((1...300).flatMap { Schedule(seed: $0, isCommunity: true).entries }.map(\.fault.kind))
    #expect(kinds.count == Fault.kinds)
  }

  @Test("the rounds of a campaign share every kind of fault among them") func shares() {
    let faults = Fault.ofEveryKind(seed: 1)
    #expect((0..<Self.rounds).flatMap { faults.share($0, of: Self.rounds) } == faults)
  }
}
