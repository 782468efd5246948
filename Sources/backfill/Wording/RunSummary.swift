import BackfillCommands

/// What is said at a run's end: results for standard output, then what went wrong for standard error.
struct RunSummary: Equatable {
  var results: [String] = []
  var problems: [Message] = []

  /// - Parameter columns: how wide the lines of a state may be; nil breaks none.
  init(_ outcome: Outcome, columns: Int? = nil) {
    switch outcome {
    case .checked(let result): tell(result)
    case .moved(let result): tell(result)
    case .staged(let result): tell(result)
    case .copied(let result): tell(result)
    case .verified(let result): tell(result)
    case .cleaned(let result): tell(result)
    case .refreshed(let result): tell(result)
    case .reported(let result):
      results.append(
        "Wrote \(SafeText.line(result.file.path)): \(Quantity.count(result.tasks, "task")), \(Quantity.bytes(Int64(result.bytes)))"
      )
    case .jobs(let result): tell(result)
    case .exported(let result): tell(result)
    case .imported(let result): tell(result)
    case .loaded(let result): tell(result)
    case .stated(let result): results += StatusText(result).lines(columns: columns)
    case .failed(let failure): problems += failure.messages
    }
  }

  private mutating func tell(_ result: CleanResult) {
    defer { if result.recordedJobs > 0 { results.append(Self.next(.jobsOn)) } }
    if result.removedLoads > 0 {
      results.append("Removed the record of \(Quantity.count(result.removedLoads, "load"))")
    }
    guard let removed = result.removedTasks else {
      if result.removedLoads == 0 {
        results.append("Nothing to clean: the target has no queue (schema __backfill)")
      }
      return
    }
    let uncopied = result.uncopiedTasks > 0 ? ", \(result.uncopiedTasks) of them not copied" : ""
    if result.restoredChunks > 0 {
      results.append(
        "Rebuilt indexes on \(Quantity.count(result.restoredChunks, "partly copied chunk"))"
      )
    }
    results.append("Removed the queue with \(Quantity.count(removed, "task"))\(uncopied)")
  }

  private mutating func tell(_ result: RefreshResult) {
    if let written = result.written {
      results.append(
        "Wrote \(SafeText.line(written.path)): the watermarks of "
          + Quantity.count(written.aggregates, "continuous aggregate"))
      return
    }
    let upToDate = result.upToDate > 0 ? ", \(result.upToDate) up to date already" : ""
    results.append(
      "Refreshed \(Quantity.count(result.refreshed, "continuous aggregate")) in "
        + "\(Quantity.time(result.duration))\(upToDate)")
    for failure in result.failures {
      problems.append(Message(.error, .refresh(failure.reason)))
    }
    if result.stopped {
      problems.append(
        Message(.error, "stopped", hint: Self.continuing("\(Version.program) refresh-caggs"), code: "stopped")
      )
    }
  }

  /// For whoever knows what comes next.
  var withoutNext: RunSummary {
    var summary = self
    let lines = Set(NextStep.allCases.map { Self.next($0) })
    summary.results.removeAll(where: lines.contains)
    return summary
  }

  /// - Parameter archive: the archive's directory, as a word for the shell, where the queue is of one.
  static func next(_ step: NextStep, of archive: String? = nil) -> String {
    SafeText.line("Next: \(step.command(of: archive))")
  }

  static func continuing(_ command: String) -> String { "run '\(command)' again to continue" }
}
