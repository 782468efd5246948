import TestServers
import TestTraits
import Testing

/// For each statement of a whole copy: what if the connection is lost just before it, or just after; what if the server
/// cancels it, or ends the session? Then the copy is finished, and judged.
@Suite(
  "A fault at every statement",
  .needs(TestServer.all))
struct FaultAtEveryStatementTests {
  @Test("loses no row, doubles none, and leaves nothing behind", arguments: TestServer.statementEnds)
  func everyStatement(server: TestServer) async throws {
    let stand = try await StatementStand(on: server)
    var tried = 0
    var felt = 0
    for side in StatementStand.Side.allCases {
      let count = try #require(stand.statements[side]?.count)
      try #require(count > 10)
      for fault in StatementFault.allCases {
        for number in Steps.numbers(for: fault.rawValue, below: count) {
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
    _ fault: StatementFault, at wanted: Int, on side: StatementStand.Side, _ stand: StatementStand
  ) async throws -> Bool {
    let attempt = try stand.newTry()
    defer { try? attempt.target.drop() }
    try await attempt.stage()
    let watch = fault.strike(at: wanted, on: side, of: attempt)
    _ = try await attempt.through("copy")
    attempt.proxy(side).heal()
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
