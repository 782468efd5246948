import BackfillCommands
import ChunkCatalog
import Postgres

extension RunSummary {
  mutating func tell(_ result: StageResult) {
    results += result.relations.shown
    var details = ["of \(Quantity.count(result.hypertables, "hypertable"))"]
    if result.alreadyStaged > 0 { details.append("\(result.alreadyStaged) more were staged already") }
    if result.replaced > 0 {
      let verb = result.isDryRun ? "to be replaced" : "replaced"
      details.append("uncopied tasks of \(Quantity.count(result.replaced, "chunk")) \(verb)")
    }
    if result.createdChunks > 0 {
      let verb = result.isDryRun ? "to be created" : "created"
      details.append("\(Quantity.count(result.createdChunks, "chunk")) \(verb) on the target")
    }
    if result.splitChunks > 0 {
      details.append(
        "\(Quantity.count(result.splitChunks, "large chunk")) in \(Quantity.count(result.parts, "part"))")
    }
    let chunks = Quantity.count(result.stagedChunks, "chunk")
    let tail = "(\(details.joined(separator: "; ")))"
    guard !result.isDryRun else {
      results.append("Would stage \(chunks) to copy \(tail); nothing was written")
      return
    }
    results.append("Staged \(chunks) to copy in \(Quantity.time(result.duration)) \(tail)")
    if let next = result.next { results.append(Self.next(next)) }
  }

  mutating func tell(_ result: CopyResult) {
    if let done = result.doneBefore {
      results.append("Nothing to copy: all of the queue's tasks (\(done)) have been copied")
      tell(result.again, "copy")
      tell(result.unstaged.map { .unstaged($0) })
      if problems.isEmpty, let next = result.next { results.append(Self.next(next)) }
      return
    }
    if result.skipped > 0 {
      let verb = result.skipped == 1 ? "no longer exists" : "no longer exist"
      results.append("Skipped \(Quantity.count(result.skipped, "chunk")) that \(verb) on the source")
    }
    let rate = Quantity.rate(bytes: result.bytes, in: result.duration).map { ", \($0)" } ?? ""
    results.append(
      "Copied \(Quantity.bytes(result.bytes)) from \(Quantity.count(result.chunks, "chunk")) in "
        + "\(Quantity.time(result.duration)) (\(Quantity.count(result.rows, "row"))\(rate))")
    tell(result.failures, result.rest, givenUp: result.failures.count, stopped: result.stopped, todo: "copy")
    tell(result.again, "copy")
    tell(result.unstaged.map { .unstaged($0) })
    if problems.isEmpty, let next = result.next { results.append(Self.next(next)) }
  }

  mutating func tell(_ findings: [CompletenessFinding]) {
    problems += findings.map { Message(.error, .completeness($0)) }
  }

  /// What was to be done again and wasn't.
  mutating func tell(_ again: Repetition.Result, _ todo: String) {
    guard !again.held.isEmpty else { return }
    let count = Quantity.count(again.held.count, "chunk")
    problems.append(
      Message(
        .error,
        Self.list(
          again.held.map(ChunkLine.name),
          after: "\(count) left as before, because others are working on them:", more: "more"),
        hint: "run '\(Version.program) \(todo) --again' with the same options when these are done",
        code: "not-repeated"))
  }

  /// What was not done, and why.
  ///
  /// - Parameter command: does the rest; nil where it is called as what is to be done.
  mutating func tell(
    _ failures: [FailedChunk], _ rest: RestOfWork, givenUp: Int, stopped: Bool, todo: String,
    by command: String? = nil
  ) {
    let command = SafeText.line(command ?? "\(Version.program) \(todo)")
    if !failures.isEmpty {
      problems.append(
        Message(
          .error,
          Self.list(
            failures.map { ChunkLine.name($0) }, after: "\(Quantity.count(failures.count, "chunk")) failed:"),
          hint: "see the reasons above; '\(command)' tries them again", code: "chunks-failed")
      )
    }
    if rest.withOthers > 0 {
      results.append(
        "Left in the queue: \(Quantity.count(rest.withOthers, "chunk")) that another \(todo) is working on")
    }
    let left = rest.unattended(givenUp: givenUp)
    guard left > 0 else { return }
    let count = Quantity.count(left, "chunk")
    guard !stopped else {
      problems.append(
        Message(
          .error, "stopped with \(count) left to \(todo)", hint: Self.continuing(command), code: "stopped")
      )
      return
    }
    let names = rest.held.prefix(Self.namesShown).map {
      "\(ChunkLine.name($0.chunk)): locked by \($0.holder.shown)"
    }
    problems.append(
      Message(
        .error,
        ([
          "\(count) left to \(todo)"
            + (names.isEmpty ? "" : ", locked by something other than a running \(todo):")
        ]
          + names)
          .joined(separator: "\n"),
        hint: names.isEmpty
          ? Self.continuing(command)
          : "end what has them locked (pg_terminate_backend or ROLLBACK PREPARED), then run '\(command)' again",
        code: names.isEmpty ? "work-left" : "work-locked"))
  }

  private static func list(
    _ chunks: [String], after title: String, more: String = "more, each named above"
  ) -> String {
    let names = chunks.prefix(namesShown)
    let others = chunks.count - names.count
    return ([title] + names + (others > 0 ? ["... and \(others) \(more)"] : []))
      .joined(separator: "\n")
  }

  /// Each failure was told when it happened; a reminder needs no thousand lines.
  static let namesShown = 20
}
