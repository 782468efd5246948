import Foundation

/// Threads for what waits: as many as there are jobs at a time. Swift's own pool has one for each core, and two tests
/// that wait for their servers would keep all others there from looking at what they wait for.
public final class TestThreads: TaskExecutor {
  public static let all = TestThreads()

  /// How long a thread without a job stays.
  private static let idleTime: TimeInterval = 10

  private let condition = NSCondition()
  /// Guarded by `condition`.
  private nonisolated(unsafe) var jobs: [UnownedJob] = []
  private nonisolated(unsafe) var idle = 0

  private init() {}

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.withLock {
      jobs.append(job)
      if idle >= jobs.count {
        condition.signal()
      } else {
        Thread.detachNewThread { [self] in while let job = next() { run(job) } }
      }
    }
  }

  private func run(_ job: UnownedJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }

  /// - Returns: nil when there was nothing to do for a while.
  private func next() -> UnownedJob? {
    condition.withLock {
      let deadline = Date(timeIntervalSinceNow: Self.idleTime)
      while jobs.isEmpty {
        idle += 1
        defer { idle -= 1 }
        guard condition.wait(until: deadline) else { break }
      }
      return jobs.isEmpty ? nil : jobs.removeFirst()
    }
  }
}
