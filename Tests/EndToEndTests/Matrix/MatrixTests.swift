import TestServers
import Testing

/// Everything TimescaleDB can put in a chunk, on every version: after stage, copy and verify the target holds the
/// same, in chunks of the same bounds, compressed the same, with nothing in the invalidation logs; also when copied
/// three times. On servers of the Apache edition whatever that edition can do.
@Suite("Compression matrix", .needsServer)
struct MatrixTests {
  @Test("every case, target restored from a dump", arguments: MatrixCase.all, TestServer.all)
  func dumped(each: MatrixCase, server: TestServer) async throws {
    try await look(each, server: server, origin: .dumped)
  }

  @Test("every case, target made by hand", arguments: MatrixCase.all, TestServer.all)
  func byHand(each: MatrixCase, server: TestServer) async throws {
    try await look(each, server: server, origin: .byHand)
  }

  @Test("every command exits with 0", arguments: TargetOrigin.allCases, TestServer.all)
  func exitCodes(origin: TargetOrigin, server: TestServer) async throws {
    let outcome = try await MatrixRuns.shared.outcome(on: server, origin: origin)
    #expect(outcome.failedCommands.isEmpty, "\(outcome.failedCommands.joined(separator: "\n\n"))")
  }

  private func look(_ each: MatrixCase, server: TestServer, origin: TargetOrigin) async throws {
    guard each.runs(on: server, target: origin) else {
      await PrintedMatrix.shared.note("-", each.name, server: server, origin: origin)
      return
    }
    let outcome = try await MatrixRuns.shared.outcome(on: server, origin: origin)
    let failures = outcome.failures[each.name] ?? []
    let invalidations = outcome.invalidations[each.name] ?? []
    let mark = !failures.isEmpty ? "FAIL" : invalidations.isEmpty ? "ok" : "log"
    await PrintedMatrix.shared.note(mark, each.name, server: server, origin: origin)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    withKnownIssue("an ordinary owner can't keep rows out of the log here", isIntermittent: true) {
      #expect(invalidations.isEmpty, "\(invalidations.joined(separator: "\n"))")
    } when: {
      each.mayBeLogged(on: server, target: origin)
    }
  }
}

extension MatrixCase: CustomTestStringConvertible {
  var testDescription: String { name }
}
