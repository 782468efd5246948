import BackfillCommands
import Postgres

/// What the live display knows: takes events, gives lines. Times are since the run began.
struct ProgressBoard {
  private struct Work {
    var chunk: StartedChunk
    var since: Duration
    var bytes: Int64 = 0
    var phase: WorkerPhase?
    var phaseSince: Duration
    /// Since when it has been at what takes longer for larger chunks, and at the end of it.
    var busySince: Duration?
    /// What it has done lately of what was expected.
    var recent = RateWindow(span: .seconds(3))
    var endSince: Duration?

    /// How long it took, apart from that, for what takes as long for every chunk.
    func times(until end: Duration) -> (fixed: Duration, busy: Duration) {
      let fixed = (busySince ?? end) - since + (busySince == nil ? .zero : end - (endSince ?? end))
      return (fixed, end - since - fixed)
    }
  }

  private let activity: String
  private var planned = 0
  private var before = 0
  private var done = 0
  private var failed = 0
  private var differing = 0
  /// Bytes of finished chunks; those in flight are counted with their workers.
  private var settledBytes: Int64 = 0
  private var workers: [Int: Work] = [:]
  /// Workers that have no sessions, with the times at which they try to get some.
  private var away: [Int: (phase: WorkerPhase, until: Duration)] = [:]
  private var recent = RateWindow()
  private var progress = WorkProgress()

  /// - Parameter activity: `Copying`, `Verifying` or `Counting`.
  init(activity: String) { self.activity = activity }

  mutating func take(_ event: Event, at time: Duration) {
    switch event {
    case .planned(let workload):
      planned = workload.tasks
      before = workload.tasksBefore
      progress.begin(workload, at: time)
    case .began(let worker, let chunk):
      away[worker] = nil
      workers[worker] = Work(chunk: chunk, since: time, phaseSince: time)
    case .phase(let worker, let phase): take(phase, of: worker, at: time)
    case .moved(let worker, let bytes): workers[worker]?.bytes += Int64(bytes)
    case .finished(let chunk):
      let times = workers.removeValue(forKey: chunk.worker)?.times(until: time)
      settledBytes += chunk.bytes
      progress.finish(
        expected: chunk.expectedBytes, moved: chunk.bytes, fixed: times?.fixed ?? .zero,
        busy: times?.busy ?? .zero)
      settle(number: chunk.number, total: chunk.total)
      if chunk.outcome == .differs { differing += 1 }
    case .failed(let chunk):
      workers[chunk.worker] = nil
      failed += 1
      progress.fail(expected: chunk.expectedBytes)
      settle(number: chunk.number, total: chunk.total)
    case .connected, .warning, .note, .refreshing, .refreshed, .step, .loading: break
    }
  }

  private mutating func settle(number: Int, total: Int) {
    done = max(done, number)
    planned = max(total, done)
  }

  private mutating func take(_ phase: WorkerPhase, of worker: Int, at time: Duration) {
    if case .reconnecting(let wait, _) = phase {
      workers[worker] = nil
      away[worker] = (phase, time + wait)
      return
    }
    guard var work = workers[worker] else { return }
    switch phase {
    case .describing:
      // What a chunk that is begun once more has moved before was undone.
      work.bytes = 0
      (work.busySince, work.endSince, work.recent) = (nil, nil, RateWindow(span: .seconds(3)))
    case .copying, .comparing: work.busySince = work.busySince ?? time
    case .committing: work.endSince = time
    default: break
    }
    work.phase = phase
    work.phaseSince = time
    workers[worker] = work
  }

  /// The live lines: one per worker, as many as fit, and the whole below. None before there is a plan.
  mutating func lines(at time: Duration, columns: Int, rows: Int) -> [String] {
    let facts = overall(at: time)
    guard planned > 0 || !workers.isEmpty else { return [] }
    // One row for the whole, one for those that don't fit, one that the terminal keeps.
    let room = max(0, rows - 3)
    let all = Set(workers.keys).union(away.keys).sorted()
    var lines = all.prefix(room).compactMap { line(of: $0, at: time)?.text(columns: columns) }
    if all.count > room, rows > 2 {
      lines.append(LiveRegion.fitted("  ... and \(all.count - room) more", columns: columns))
    }
    // Two columns less, as that is where the terminal echoes ^C.
    lines.append(LiveRegion.fitted(facts.text(columns: columns - 3), columns: columns - 2))
    return lines
  }

  /// The whole in one line as long as it takes; nil before there is a plan.
  mutating func summary(at time: Duration) -> String? {
    let facts = overall(at: time)
    return planned > 0 ? facts.text(columns: nil) : nil
  }

  /// How far the run is, as numbers of its tasks.
  struct Counts {
    var all: Int
    /// Those that failed or differ included.
    var done: Int
    var failed: Int
    var differing: Int
    var running: Int
  }

  var counts: Counts {
    Counts(all: planned, done: done, failed: failed, differing: differing, running: workers.count)
  }

  /// Bytes that went over the network, those of chunks in flight included.
  var moved: Int64 { settledBytes + workers.values.reduce(0) { $0 + $1.bytes } }

  /// Which part of everything is done, and how long the rest takes; nil while that can't be told.
  mutating func estimate(at time: Duration) -> (fraction: Double?, rest: WorkProgress.Rest?) {
    let line = overall(at: time)
    return (line.fraction, line.rest)
  }

  private func line(of worker: Int, at time: Duration) -> WorkerLine? {
    if let work = workers[worker] {
      return WorkerLine(
        phase: phaseText(of: work, at: time), time: time - work.since, chunk: work.chunk)
    }
    return away[worker].map {
      WorkerLine(
        phase: PhaseWords($0.phase, activity: activity).brief(left: $0.until - time), time: nil, chunk: nil)
    }
  }

  private func phaseText(of work: Work, at time: Duration) -> String {
    let phase = work.phase ?? .describing
    var percent: Int?
    if let expected = work.chunk.expectedBytes, expected > 0 {
      let part = Double(progress.done(of: expected, moved: work.bytes)) / Double(expected)
      // All of it is done when it is committed.
      percent = min(99, Int(part * 100))
    }
    let left = phase.wait.map { $0 - (time - work.phaseSince) } ?? .zero
    return PhaseWords(phase, activity: activity).brief(percent: percent, left: left)
  }

  private mutating func overall(at time: Duration) -> OverallLine {
    var inFlight = WorkProgress.InFlight()
    for (worker, work) in workers {
      let done = progress.done(of: work.chunk.expectedBytes, moved: work.bytes)
      inFlight.bytes += done
      if case .copying = work.phase { workers[worker]?.recent.add(done, at: time) }
      if let expected = work.chunk.expectedBytes {
        inFlight.rests.append((expected - done, workers[worker]?.recent.perSecond))
      }
      guard let busySince = work.busySince else { continue }
      inFlight.tasks += 1
      inFlight.busy += time - busySince
    }
    let moved = moved
    // Comparing moves no bytes; what was compared of the expected ones stands for them.
    let bytes = moved > 0 ? moved : progress.doneBytes
    recent.add(bytes, at: time)
    var line = OverallLine(activity: activity, done: before + done, all: before + planned)
    line.fraction = progress.fraction(inFlight)
    line.bytes = bytes
    line.allBytes = progress.allBytes(moved: moved, inFlight)
    line.rate = recent.rate
    line.average = Quantity.rate(bytes: bytes, in: time - progress.began)
    line.elapsed = time
    line.rest = progress.rest(at: time, inFlight)
    line.failed = failed
    line.differing = differing
    return line
  }
}
