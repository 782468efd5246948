import BackfillCommands

/// What an event has to say for good, on whichever stream.
enum ConsoleEntry {
  case output(String)
  /// A line that many others are like, and that may be left out where nobody reads.
  case progress(String)
  case message(Message)
}

extension Outbox {
  /// - Parameter stamp: when it was told, where that is to be shown.
  mutating func add(_ entry: ConsoleEntry, _ stamp: String?) {
    switch entry {
    case .output(let line): add(line: Stamp.put(stamp, before: line))
    case .progress(let line): add(progress: Stamp.put(stamp, before: line))
    case .message(var message):
      message.stamp = stamp
      add(message)
    }
  }
}
