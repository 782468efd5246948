import Foundation
import Testing

@testable import TestServers

@Suite("What killed tests left behind", .timeLimit(.minutes(10)))
struct LeftoversTests {
  @Test("goes, and what is in use or just being made stays")
  func sweep() async throws {
    let root = NSTemporaryDirectory() + "/leftovers-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    func directory(_ name: String, watchdog: String?, age: TimeInterval = 0) throws -> String {
      let path = "\(root)/tmp/\(name)"
      try FileManager.default.createDirectory(atPath: path + "/data", withIntermediateDirectories: true)
      try watchdog?.write(toFile: "\(path)/\(Watchdog.mark)", atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
      return path
    }
    let ended = try ChildProcess.start(["true"])
    _ = ended.waitForEnding()
    let orphan = try directory("backfill-test-orphan", watchdog: "\(ended.pid)\n")
    // The number has gone to a process that knows nothing of the directory.
    let reused = try directory("backfill-test-reused", watchdog: "\(getpid())\n")
    let early = try directory("backfill-test-early", watchdog: nil, age: 7200)
    let unborn = try directory("backfill-test-unborn", watchdog: nil)
    let foreign = try directory("somebody-elses", watchdog: nil, age: 7200)
    let used = try directory("backfill-test-used", watchdog: nil)
    // Its shell writes the mark, in the time it takes to start.
    let watchdog = try Watchdog(directory: used, command: ["sleep", "60"])
    while !FileManager.default.fileExists(atPath: "\(used)/\(Watchdog.mark)") {
      try await Task.sleep(for: .milliseconds(5))
    }

    try await Leftovers.sweep(root)
    let left = [orphan, reused, early, unborn, foreign, used].filter(FileManager.default.fileExists(atPath:))
    #expect(left == [unborn, foreign, used])
    withExtendedLifetime(watchdog) {}
  }
}
