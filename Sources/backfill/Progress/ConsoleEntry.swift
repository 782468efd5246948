import BackfillCommands

/// What an event has to say for good, on whichever stream; nil for those that only move the live display.
enum ConsoleEntry {
  case output(String)
  /// A line that many others are like, and that may be left out where nobody reads.
  case progress(String)
  case message(Message)

  /// - Parameter columns: of the terminal, where it is one.
  init?(_ event: Event, activity: String?, style: Style, columns: Int? = nil) {
    switch event {
    case .connected(let database): self = .output(ConnectionLine.line(database))
    case .warning(let finding): self = .message(Message(.warning, finding))
    case .note(let finding): self = .output(SafeText.message(finding.words.text))
    case .planned(let workload):
      guard let activity else { return nil }
      let before =
        workload.tasksBefore > 0 ? "; \(Quantity.count(workload.tasksBefore, "chunk")) done before" : ""
      self = .output("\(activity) \(Quantity.count(workload.tasks, "chunk"))\(before)")
    case .finished(let chunk):
      let line = ChunkLine.text(chunk, style, columns: columns)
      self = chunk.outcome == .differs ? .output(line) : .progress(line)
    case .failed(let chunk): self = .message(ChunkLine.message(chunk))
    case .refreshed(let aggregate): self = .output(ChunkLine.text(aggregate))
    case .began, .moved: return nil
    }
  }
}

extension Outbox {
  mutating func add(_ entry: ConsoleEntry) {
    switch entry {
    case .output(let line): add(line: line)
    case .progress(let line): add(progress: line)
    case .message(let message): add(message)
    }
  }
}
