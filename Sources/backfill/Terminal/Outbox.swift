/// What is still to be written: in order, and bounded, as whoever reads it may have stopped reading.
///
/// Results and messages are few and always kept. Lines of progress beyond a number are left out, and counted.
struct Outbox {
  enum Stream: Equatable {
    case output
    case errors

    var other: Stream { self == .output ? .errors : .output }
  }

  /// What is written at a time.
  enum Batch: Equatable {
    case lines([String])
    case message(Message)
    /// Of JSON, for standard error.
    case errorLines([String])
    /// Nothing but the live lines, which have changed.
    case live
  }

  private enum Entry {
    case line(String, Stream)
    case progress(String, Stream)
    case omitted(Int, Stream)
    case message(Message)

    var stream: Stream {
      switch self {
      case .line(_, let stream), .progress(_, let stream), .omitted(_, let stream): stream
      case .message: .errors
      }
    }

    var isMessage: Bool { if case .message = self { true } else { false } }
  }

  /// As many lines of progress are kept. It takes minutes to copy so many chunks, and a page to show some tens.
  static let progressLimit = 1000

  private var entries: [Entry] = []
  private var progressCount = 0
  /// The lines at the bottom of the terminal as they are to be now: only the last state counts.
  private(set) var live: [String] = []
  private var liveIsNew = false

  var isEmpty: Bool { entries.isEmpty && !liveIsNew }

  mutating func add(line: String) { entries.append(.line(line, .output)) }
  mutating func add(_ message: Message) { entries.append(.message(message)) }

  mutating func add(progress line: String) { add(line: line, on: .output, isMinor: true) }

  /// - Parameter isMinor: the line is one of progress.
  mutating func add(line: String, on stream: Stream, isMinor: Bool) {
    guard isMinor else {
      entries.append(.line(line, stream))
      return
    }
    if progressCount < Self.progressLimit {
      progressCount += 1
      entries.append(.progress(line, stream))
    } else if let last = entries.lastIndex(where: { $0.stream == stream }),
      case .omitted(let count, _) = entries[last]
    {
      entries[last] = .omitted(count + 1, stream)
    } else {
      entries.append(.omitted(1, stream))
    }
  }

  mutating func show(live lines: [String]) {
    liveIsNew = liveIsNew || lines != live
    live = lines
  }

  /// Takes what comes first: a message, or all lines before the next message.
  mutating func next() -> Batch? {
    guard let first = entries.first else {
      defer { liveIsNew = false }
      return liveIsNew ? .live : nil
    }
    if first.stream == .output { liveIsNew = false }
    return take(0, first)
  }

  /// Takes what comes first on one of the streams, past what waits for the other.
  mutating func next(on stream: Stream) -> Batch? {
    guard let index = entries.firstIndex(where: { $0.stream == stream }) else { return nil }
    return take(index, entries[index])
  }

  private mutating func take(_ index: Int, _ first: Entry) -> Batch {
    if case .message(let message) = first {
      entries.remove(at: index)
      return .message(message)
    }
    let stream = first.stream
    let taken = entries[index...].prefix { $0.stream == stream && !$0.isMessage }
    entries.removeSubrange(taken.indices)
    let lines = taken.compactMap { entry in
      switch entry {
      case .line(let line, _): return line
      case .progress(let line, _):
        progressCount -= 1
        return line
      case .omitted(let count, .output):
        return "\(Quantity.count(count, "progress line")) \(count == 1 ? "was" : "were") not written"
      case .omitted(let count, .errors): return JSONLine.omitted(count).text()
      case .message: return nil as String?
      }
    }
    return stream == .output ? .lines(lines) : .errorLines(lines)
  }
}
