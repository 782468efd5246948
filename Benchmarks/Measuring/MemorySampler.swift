import Foundation
import Synchronization

/// Watches how much memory a process and its descendants hold.
///
/// Not ru_maxrss: the kernel carries the memory of whoever called posix_spawn over into it. VmHWM, the
/// most that was ever resident, begins at zero when a program begins, so looking now and then misses
/// little of it.
final class MemorySampler: Sendable {
  private let peak = Atomic(0)
  private let isOver = Atomic(false)

  init(_ pid: pid_t) {
    Thread.detachNewThread { [self] in
      while !isOver.load(ordering: .relaxed) {
        peak.store(max(peak.load(ordering: .relaxed), Self.resident(pid)), ordering: .relaxed)
        usleep(20_000)
      }
    }
  }

  /// - Returns: the most there was, in bytes.
  func stop() -> Int {
    isOver.store(true, ordering: .relaxed)
    return peak.load(ordering: .relaxed)
  }

  private static func resident(_ pid: pid_t) -> Int {
    children(of: pid).reduce(highWater(of: pid)) { $0 + resident($1) }
  }

  /// `VmHWM:     12345 kB` of /proc/PID/status.
  private static func highWater(of pid: pid_t) -> Int {
    let status = text("/proc/\(pid)/status")
    guard let name = status.range(of: "VmHWM:") else { return 0 }
    let number = status[name.upperBound...].drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber }
    return (Int(number) ?? 0) * 1024
  }

  /// Of the first thread: those of the contestants that have children have one thread.
  private static func children(of pid: pid_t) -> [pid_t] {
    text("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
