import Glibc
import TestServers
import Testing

@Suite("A server that hangs", .needsServer) struct SilentServerTests {
  /// A copy, one of whose servers has stopped in the middle of it.
  ///
  /// - Parameter silence: after how many seconds the program asks whether it is there.
  private func hung(
    _ end: ServerEnd, silence: Double = 20
  ) async throws -> (rig: ProxiedMigration, running: RunningBackfill) {
    let rig = try await ProxiedMigration.stagedHourly(on: #require(TestServer.newest))
      .asking(afterSilenceOf: silence)
    let running = try await rig.startSlowly()
    try rig.database(at: end).cluster.pause()
    return (rig, running)
  }

  @Test("for a while, and then goes on, costs nothing but the while", arguments: ServerEnd.allCases)
  func hiccup(end: ServerEnd) async throws {
    let (rig, running) = try await hung(end)
    try await Task.sleep(for: .seconds(2))
    try rig.database(at: end).cluster.resume()
    rig.throttle(nil)
    let outcome = try await running.wait()
    try await rig.expectAllCopied(by: outcome)
  }

  @Test(
    "is noticed when it doesn't answer the second question either, and come back to",
    arguments: ServerEnd.allCases)
  func noticed(end: ServerEnd) async throws {
    let (rig, running) = try await hung(end, silence: 0.5)
    defer { try? rig.database(at: end).cluster.resume() }
    try await running.waitUntilOutput(
      contains: "the server has stopped answering", limit: .seconds(240))
    try rig.database(at: end).cluster.resume()
    rig.throttle(nil)
    let outcome = try await running.wait()
    #expect(outcome.stderr.contains("\(end.rawValue): "), "\(outcome)")
    try await rig.expectAllCopied(by: outcome)
  }

  @Test("doesn't keep a second signal from ending the run", arguments: ServerEnd.allCases)
  func stopped(end: ServerEnd) async throws {
    let (rig, running) = try await hung(end)
    defer { try? rig.database(at: end).cluster.resume() }
    await running.signal(SIGTERM)
    // A signal that is sent before the one before was taken is the same one.
    try await running.waitUntilOutput(contains: "press Ctrl-C again")
    await running.signal(SIGTERM)
    let outcome = try await running.wait(limit: .seconds(60))
    #expect(outcome.exitCode == 130, "\(outcome)")
  }
}
