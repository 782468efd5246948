import ChunkCatalog
import Dispatch
import Postgres
import Synchronization
import TaskEngine
import Waiting

/// The workers of a load: each has a thread of its own, and one more sees to it that there are as many as are worth
/// having.
struct LoadCrew {
  let setting: LoadSetting
  /// More would have nothing to do; nil where that isn't known.
  let most: Int?
  /// Of all inputs; nil where that isn't known before their end.
  let allBytes: Int64?

  private static let measuringTime = Duration.seconds(4)
  private static let tellingTime = Duration.seconds(5)

  /// Returns when all workers have ended.
  ///
  /// - Parameter session: of none of them, for asking who keeps them waiting.
  func run(asking session: borrowing Connection) {
    let ended = Ended()
    let wanted = Wanted(min(setting.options.parallelism.first, most ?? .max))
    var tuner = tuner
    var running: Set<Int> = []
    let began = ContinuousClock.now
    var (measured, bytes, told, toldBytes) = (began, Int64(0), began, Int64(0))
    func start(_ number: Int) {
      let worker = LoadWorker(number: number, setting: setting)
      running.insert(number)
      let work: @Sendable () -> Void = {
        worker.run { number <= wanted.number }
        ended.add(number)
      }
      // Slower without threads of their own, but done.
      if !DedicatedThread.start(work), running.count == 1 { work() }
    }
    for number in 1...max(1, wanted.number) { start(number) }
    while !running.isEmpty {
      running.subtract(ended.take(atMost: .milliseconds(500)))
      let now = ContinuousClock.now
      if told + Self.tellingTime < now, !running.isEmpty {
        told = now
        let progress = progress(since: began)
        setting.reporter.report(.loading(progress))
        if progress.bytes == toldBytes { tellHolders(asking: session) }
        toldBytes = progress.bytes
      }
      guard tuner != nil, measured + Self.measuringTime < now else { continue }
      let throughput = Double(setting.state.bytes - bytes) / ((now - measured) / .seconds(1))
      (measured, bytes) = (now, setting.state.bytes)
      wanted.number = min(tuner?.step(.init(throughput: throughput, sourceLatency: nil)) ?? 1, most ?? .max)
      guard !setting.isStopping, !setting.source.isExhausted else { continue }
      for number in 1...max(1, wanted.number) where !running.contains(number) { start(number) }
    }
  }

  /// Nothing was loaded for a while: whoever has locked something that workers wait for.
  private func tellHolders(asking session: borrowing Connection) {
    guard session.isUsable, let holders = try? LockHolder.all(on: session), !holders.isEmpty else { return }
    setting.reporter.report(.warning(.work(.awaitingLocks(.target, operation: nil, holders: holders))))
  }

  private var tuner: ParallelismTuner? {
    setting.options.parallelism == .automatic
      ? ParallelismTuner(first: setting.options.parallelism.first) : nil
  }

  private func progress(since began: ContinuousClock.Instant) -> LoadProgress {
    LoadProgress(
      rows: setting.state.outcome.rows, bytes: setting.state.bytes, allBytes: allBytes,
      duration: began.duration(to: .now))
  }

  /// Workers that have ended.
  private final class Ended: Sendable {
    private let numbers = Mutex<[Int]>([])
    private let change = DispatchSemaphore(value: 0)

    func add(_ number: Int) {
      numbers.withLock { $0.append(number) }
      change.signal()
    }

    /// Those since the last call; waits for one.
    func take(atMost limit: DispatchTimeInterval) -> [Int] {
      _ = change.wait(timeout: .now() + limit)
      return numbers.withLock { numbers in
        defer { numbers = [] }
        return numbers
      }
    }
  }

  /// How many workers there are to be.
  private final class Wanted: Sendable {
    private let value: Atomic<Int>

    init(_ number: Int) { value = Atomic(number) }

    var number: Int {
      get { value.load(ordering: .relaxed) }
      set { value.store(max(1, newValue), ordering: .relaxed) }
    }
  }
}
