import BackfillCommands

extension Ending {
  mutating func tell(_ result: StageResult) {
    var details = ["of \(Quantity.count(result.hypertables, "hypertable"))"]
    if result.alreadyStaged > 0 { details.append("\(result.alreadyStaged) more were staged already") }
    if result.replaced > 0 {
      details.append("uncopied tasks of \(Quantity.count(result.replaced, "chunk")) replaced")
    }
    if result.createdChunks > 0 {
      details.append("\(Quantity.count(result.createdChunks, "chunk")) created on the target")
    }
    if result.splitChunks > 0 {
      details.append(
        "\(Quantity.count(result.splitChunks, "large chunk")) in \(Quantity.count(result.parts, "part"))")
    }
    results.append(
      "Staged \(Quantity.count(result.staged - result.parts + result.splitChunks, "chunk")) to copy in \(Quantity.time(result.duration)) "
        + "(\(details.joined(separator: "; ")))")
    if result.staged + result.alreadyStaged > 0 { results.append(Self.next(.copy)) }
  }

  mutating func tell(_ result: CopyResult) {
    if result.skipped > 0 {
      let verb = result.skipped == 1 ? "is" : "are"
      results.append("\(Quantity.count(result.skipped, "chunk")) \(verb) gone from the source: skipped")
    }
    let rate = Quantity.rate(bytes: result.bytes, in: result.duration).map { ", \($0)" } ?? ""
    results.append(
      "Copied \(Quantity.bytes(result.bytes)) from \(Quantity.count(result.chunks, "chunk")) in "
        + "\(Quantity.time(result.duration)) (\(Quantity.count(result.rows, "row"))\(rate))")
    tellRest(result.failures, remaining: result.remaining, stopped: result.stopped, todo: "copy")
    tell(result.unstaged)
    if problems.isEmpty, result.remaining == 0 { results.append(Self.next(.verify)) }
  }

  mutating func tell(_ result: VerifyResult) {
    let differ = result.differing == 1 ? "1 chunk differs" : "\(result.differing) chunks differ"
    results.append(
      "Verified \(Quantity.count(result.verified, "chunk")) in \(Quantity.time(result.duration)) "
        + "(\(Quantity.count(result.rows, "row"))), \(differ)")
    if result.differing > 0 {
      problems.append(
        Message(
          .error, "\(differ) between source and target; each is named above",
          hint: "repair the rows and run '\(Version.program) verify' again"))
    }
    tell(result.strays)
    tellRest(
      result.failures, remaining: result.remaining - result.differing, stopped: result.stopped,
      todo: "verify")
    tell(result.unstaged)
  }

  private mutating func tell(_ omissions: [Omission]) {
    problems += omissions.map { Message(.error, $0.text, hint: $0.advice) }
  }

  /// What was not done, and why.
  private mutating func tellRest(_ failures: [FailedChunk], remaining: Int, stopped: Bool, todo: String) {
    let untouched = max(0, remaining - failures.count)
    if !failures.isEmpty {
      let names = failures.prefix(Self.namesShown).map { "\(ChunkLine.name($0.chunk))" }
      let more = failures.count - names.count
      let rest = more > 0 ? ["... and \(more) more, each named above"] : []
      problems.append(
        Message(
          .error,
          (["\(Quantity.count(failures.count, "chunk")) failed:"] + names + rest).joined(separator: "\n"),
          hint: "see the reasons above; '\(Version.program) \(todo)' tries them again"))
    }
    guard untouched > 0 else { return }
    let count = Quantity.count(untouched, "chunk")
    if stopped {
      problems.append(Message(.error, "stopped with \(count) left to \(todo)", hint: Self.goOn(todo)))
    } else {
      results.append("Left in the queue: \(count), perhaps in the hands of another \(todo)")
    }
  }

  /// Each failure was told when it happened; a reminder needs no thousand lines.
  private static let namesShown = 20
}
