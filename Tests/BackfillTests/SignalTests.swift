import Glibc
import TestServers
import Testing

@Suite("Signals to the program")
struct SignalTests {
  @Test(
    "stop it with 130 at the second, even while a server is silent", .timeLimit(.minutes(10)),
    arguments: [[SIGINT, SIGINT], [SIGTERM, SIGINT], [SIGHUP, SIGTERM]])
  func stop(signals: [Int32]) async throws {
    let server = try SilentListener()
    let running = try BackfillProcess().start([
      "clean", "--target=host=127.0.0.1 port=\(server.port) password=hunter2",
    ])
    try server.awaitCaller()
    await running.signal(signals[0])
    try await running.waitUntilOutput(contains: "press Ctrl-C again to cancel it\n")
    await running.signal(signals[1])
    let outcome = try await running.wait()
    // While it only connects, the first signal may have been enough before the second one came.
    #expect(
      outcome.stderr.contains("stopping: canceling")
        || outcome.stderr.contains("stopped before the work was done"), "\(outcome)")
    #expect(!outcome.stderr.contains("hunter2"))
    #expect(outcome.exitCode == 130, "\(outcome)")
  }
}
