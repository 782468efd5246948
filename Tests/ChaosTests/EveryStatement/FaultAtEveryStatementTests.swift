import Foundation
import Synchronization
import TestServers
import TestTraits
import Testing

/// For each statement of a whole copy: what if the connection is lost just before it, or just after; what if the server
/// cancels it, or ends the session? Then the copy is finished, and judged.
@Suite(
  "A fault at every statement",
  .needs(TestServer.all))
struct FaultAtEveryStatementTests {
  enum Fault: String, Sendable, CaseIterable {
    case cutBefore = "cut before"
    case cutAfter = "cut after"
    case cancelled
    case terminated
  }

  @Test("loses no row, doubles none, and leaves nothing behind", arguments: TestServer.statementEnds)
  func everyStatement(server: TestServer) async throws {
    let stand = try await StatementStand(on: server)
    var tried = 0
    var felt = 0
    for side in StatementStand.Side.allCases {
      let count = try #require(stand.statements[side]?.count)
      try #require(count > 10)
      for fault in Fault.allCases {
        for number in stride(from: Steps.offset(of: fault.rawValue) % Steps.width, to: count, by: Steps.width)
        {
          tried += 1
          do {
            if try await survive(fault, at: number, on: side, stand) { felt += 1 }
          } catch {
            let statement = stand.statements[side]?[number].prefix(200) ?? ""
            Issue.record(
              "\(fault.rawValue), statement \(number) of the \(side.rawValue) (\(statement)): \(error)")
          }
        }
      }
    }
    print("\(server): \(tried) faults at statements, \(felt) of which happened")
    #expect(felt > tried / 2)
  }

  /// - Returns: whether the statement came, and with it the fault.
  private func survive(
    _ fault: Fault, at wanted: Int, on side: StatementStand.Side, _ stand: StatementStand
  ) async throws -> Bool {
    let attempt = try stand.newTry()
    defer { try? attempt.target.drop() }
    try await attempt.stage()
    let proxy = side == .source ? stand.sourceProxy : stand.targetProxy
    let cluster = side == .source ? attempt.source.cluster : attempt.target.cluster
    let watch = StatementTry.watch { number, _ in
      guard number == wanted else { return .passes }
      switch fault {
      case .cutBefore: return .cutBefore
      case .cutAfter: return .cutAfter
      case .cancelled, .terminated:
        let function = fault == .cancelled ? "pg_cancel_backend" : "pg_terminate_backend"
        return .followed { port in
          try? cluster.executeAsSuperuser(
            "SELECT \(function)(pid) FROM pg_stat_activity WHERE client_port = \(port)")
        }
      }
    }
    proxy.watch(watch)
    _ = try await attempt.copy()
    proxy.heal()
    try await attempt.finish()
    try attempt.judge(stand.wanted)
    let structure = try attempt.target.query(SmallGround.structure)
    guard structure == stand.structure else {
      throw ChaosTestFailure(
        "the target's structure: \(Set(stand.structure).symmetricDifference(structure))")
    }
    return watch.statements.count > wanted
  }
}

/// How many statements are tried: all, or every so many.
enum Steps {
  /// BACKFILL_TEST_EVERY_STATEMENT is one of so many; 1 tries all.
  static let width = Int(ProcessInfo.processInfo.environment["BACKFILL_TEST_EVERY_STATEMENT"] ?? "") ?? 40

  /// So that different things are tried at different statements.
  static func offset(of name: String) -> Int { name.utf8.reduce(0) { ($0 * 31 + Int($1)) % 997 } }
}

extension TestServer {
  /// The oldest and the newest, of the Community edition where there is one.
  static let statementEnds = community.isEmpty ? ends : communityEnds
}
