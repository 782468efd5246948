import TestServers
import TestTraits
import Testing

/// For each statement of verify, over a target in which rows differ: what if the connection is lost there, or the server
/// cancels the statement, or ends the session?
@Suite("A fault at a statement of verify", .needs(TestServer.all))
struct FaultInVerifyTests {
  @Test("never lets a difference pass for none", arguments: TestServer.statementEnds)
  func everyStatement(server: TestServer) async throws {
    let stand = try await StatementStand(on: server)
    let attempt = try stand.newTry()
    try await attempt.stage()
    let copied = try await attempt.through("copy")
    try #require(copied.exitCode == 0, "\(copied)")
    try attempt.target.execute(Self.tampering(server))
    let statements = try await attempt.statements(of: "verify", exits: 3)
    let state = try attempt.target.query(Self.state)
    let differing = Set(state.filter { $0[1] == "differs" }.map { $0[0] })
    try #require(differing.count == (server.isCommunity ? 3 : 2))
    // Those of the other parts stay open as long as one part differs.
    try #require(state.contains { $0[1] == "same" })
    var tried = 0
    var felt = 0
    for side in StatementStand.Side.allCases {
      let sent = try #require(statements[side])
      try #require(sent.count > 10)
      for fault in StatementFault.allCases {
        for number in Steps.numbers(for: fault.rawValue, below: sent.count) {
          tried += 1
          try attempt.target.execute(Self.forgetting)
          let watch = fault.strike(at: number, on: side, of: attempt)
          let outcome = try await attempt.through("verify")
          attempt.proxy(side).heal()
          if watch.statements.count > number { felt += 1 }
          let place =
            "\(fault.rawValue), statement \(number) of the \(side.rawValue): \(sent[number].prefix(200))"
          let found = try attempt.target.query(Self.state)
          // Says that there are differences, or that it couldn't look at everything, or both.
          #expect(outcome.exitCode == 3 || outcome.exitCode == 1, "\(place): \(outcome)")
          if outcome.exitCode == 3 {
            #expect(found == state || outcome.stderr.contains("1 chunk failed"), "\(place): \(outcome)")
          }
          #expect(
            found.allSatisfy { $0[1] == "open" || ($0[1] == "differs") == differing.contains($0[0]) },
            "\(place): \(found)")
          // And what is done again finds the same.
          let again = try await attempt.directly("verify", "-p2")
          #expect(again.exitCode == 3, "\(place): \(again)")
          #expect(try attempt.target.query(Self.state) == state, "\(place): \(again)")
        }
      }
    }
    print("\(server): \(tried) faults at statements of verify, \(felt) of which happened")
    #expect(felt > tried / 2)
  }

  /// A value, a row that is missing from a part of a chunk, and one from beside the batches.
  private static func tampering(_ server: TestServer) -> String {
    "UPDATE plain SET value = value + 1 WHERE time = '2024-01-01 05:00Z' AND device = 1;"
      + "DELETE FROM parted WHERE time = '2024-01-01 05:00Z' AND device = 2;"
      + (server.isCommunity ? "DELETE FROM partly WHERE note = 'late' AND time < '2024-01-01 01:00Z';" : "")
  }

  private static let state = """
    SELECT priority, CASE WHEN verified IS NOT NULL THEN 'same' WHEN differed_at IS NOT NULL THEN 'differs' ELSE 'open' END
    FROM __backfill.task ORDER BY priority
    """

  /// So that all is compared again.
  private static let forgetting = """
    UPDATE __backfill.task SET verified = NULL, verify_message = NULL, differed_at = NULL, verified_by = NULL,
      verified_backend = NULL, passed_by = NULL, last_error = NULL, last_error_at = NULL
    """
}
