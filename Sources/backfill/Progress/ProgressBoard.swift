import BackfillCommands
import Postgres

/// What the live display knows: takes events, gives lines. Times are since the run began.
struct ProgressBoard {
  private struct Work {
    var chunk: StartedChunk
    var since: Duration
    var bytes: Int64 = 0
  }

  private let activity: String
  private var planned = 0
  private var done = 0
  private var failed = 0
  private var differing = 0
  /// Bytes of finished chunks; those in flight are counted with their workers.
  private var settledBytes: Int64 = 0
  private var workers: [Int: Work] = [:]
  private var recent = RateWindow()
  private var progress = WorkProgress()

  /// - Parameter activity: `Copying` or `Verifying`.
  init(activity: String) { self.activity = activity }

  mutating func take(_ event: Event, at time: Duration) {
    switch event {
    case .planned(let workload):
      planned = workload.tasks
      progress.begin(workload, at: time)
    case .began(let worker, let chunk): workers[worker] = Work(chunk: chunk, since: time)
    case .moved(let worker, let bytes): workers[worker]?.bytes += Int64(bytes)
    case .finished(let chunk):
      workers[chunk.worker] = nil
      settledBytes += chunk.bytes
      progress.finish(expected: chunk.expectedBytes, moved: chunk.bytes)
      settle(number: chunk.number, total: chunk.total)
      if chunk.outcome == .differs { differing += 1 }
    case .failed(let chunk):
      workers[chunk.worker] = nil
      failed += 1
      progress.fail(expected: chunk.expectedBytes)
      settle(number: chunk.number, total: chunk.total)
    case .connected, .warning, .note, .refreshed: break
    }
  }

  private mutating func settle(number: Int, total: Int) {
    done = max(done, number)
    planned = max(total, done)
  }

  /// The live lines: one per worker, as many as fit, and the whole below. None before there is a plan.
  mutating func lines(at time: Duration, columns: Int, rows: Int) -> [String] {
    let bytes = settledBytes + workers.values.reduce(0) { $0 + $1.bytes }
    recent.add(bytes, at: time)
    guard planned > 0 || !workers.isEmpty else { return [] }
    // One row for the whole, one for those that don't fit, one that the terminal keeps.
    let room = max(0, rows - 3)
    let busy = workers.sorted { $0.key < $1.key }.map(\.value)
    var lines = busy.prefix(room).map { line($0, at: time, columns: columns) }
    if busy.count > room, rows > 2 {
      lines.append(LiveRegion.fitted("  ... and \(busy.count - room) more", columns: columns))
    }
    // Two columns less, as that is where the terminal echoes ^C.
    lines.append(LiveRegion.fitted(overall(bytes, at: time), columns: columns - 2))
    return lines
  }

  /// What changes stands in front, so that a long name can't push it out of a narrow window.
  private func line(_ work: Work, at time: Duration, columns: Int) -> String {
    let facts = "\(right(Quantity.bytes(work.bytes), 9)) \(right(Quantity.roughTime(time - work.since), 7))"
    let place = work.chunk.place.map { "  \(ChunkLine.text($0))" } ?? ""
    return LiveRegion.fitted("  \(facts)  \(ChunkLine.name(work.chunk.chunk))\(place)", columns: columns)
  }

  private func overall(_ bytes: Int64, at time: Duration) -> String {
    let inFlight = workers.values.reduce(0) {
      $0 + progress.done(of: $1.chunk.expectedBytes, moved: $1.bytes)
    }
    var facts = ["\(ChunkLine.counter(done, planned)) \(activity)"]
    if let percent = progress.percent(inFlight: inFlight) { facts.append("\(percent) %") }
    if bytes > 0 { facts.append(Quantity.bytes(bytes)) }
    if let rate = recent.rate { facts.append(rate) }
    facts.append("\(Quantity.roughTime(time)) so far")
    if let left = progress.timeLeft(at: time, inFlight: inFlight) {
      facts.append("about \(Quantity.roughTime(left)) left")
    }
    if failed > 0 { facts.append("\(failed) failed") }
    if differing > 0 { facts.append("\(differing) differ") }
    return facts.joined(separator: ", ")
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
