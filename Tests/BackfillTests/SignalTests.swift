import Foundation
import Glibc
import TestServers
import Testing

@testable import backfill

@Suite("Signals to the program")
struct SignalTests {
  /// Standard error, read as far as `text` or the end.
  private func read(_ pipe: Pipe, through text: String) -> String {
    var told = ""
    while !told.contains(text) {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { break }
      told += String(decoding: data, as: UTF8.self)
    }
    return told
  }

  @Test(
    "stop it with 130 at the second, even while a server is silent", .timeLimit(.minutes(10)),
    arguments: [[SIGINT, SIGINT], [SIGTERM, SIGINT], [SIGHUP, SIGTERM]])
  func stop(signals: [Int32]) throws {
    let server = try SilentListener()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("backfill")
    process.arguments = ["clean", "--target=host=127.0.0.1 port=\(server.port) password=hunter2"]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    // The child inherits this thread's mask, and libdispatch's threads block everything.
    var none = sigset_t()
    var mask = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &mask)
    defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
    try process.run()
    try server.awaitCaller()
    kill(process.processIdentifier, signals[0])
    let first = read(errors, through: "\n")
    #expect(first.contains("press Ctrl-C again to cancel it\n"))
    kill(process.processIdentifier, signals[1])
    let rest = first + read(errors, through: "never")
    process.waitUntilExit()
    // While it only connects, the first signal may have been enough before the second one came.
    #expect(rest.contains("stopping: canceling") || rest.contains("stopped before the work was done"))
    #expect(!rest.contains("hunter2"))
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
  }
}
