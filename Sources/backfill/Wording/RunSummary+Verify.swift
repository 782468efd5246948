import BackfillCommands

extension RunSummary {
  mutating func tell(_ result: VerifyResult) {
    let archive = result.archive.map(ShellWord.quoted)
    if let done = result.doneBefore {
      let uncopied = done.uncopied > 0 ? "; \(done.uncopied) more are not copied yet" : ""
      results.append(
        (result.isNarrowed
          ? "Nothing to verify: no copied chunk that was asked for is left to verify"
          : "Nothing to verify: all copied tasks (\(done.verified)) have been verified") + uncopied)
      tell(result.again, "verify")
      tell(result.strays.map { .stray($0, besideArchive: archive != nil) })
      tell(result.unstaged.map { .unstaged($0) })
      if let next = result.next { results.append(Self.next(next, of: archive)) }
      return
    }
    if let estimates = result.estimates {
      tell(estimates, in: result.duration)
      tell(result.unstaged.map { .unstaged($0) })
      return
    }
    let differ = result.differing == 1 ? "1 chunk differs" : "\(result.differing) chunks differ"
    let facts =
      "in \(Quantity.time(result.duration)) (\(Quantity.count(result.rows, "row"))), \(differ)"
    results.append(
      result.thoroughness == .count
        ? "Counted the rows of \(Quantity.count(result.counted, "chunk")) \(facts)"
        : "Verified \(Quantity.count(result.verified, "chunk")) \(facts)")
    results += Self.meaning(result)
    if result.differing > 0 {
      problems.append(
        Message(
          .error,
          "\(differ) between \(archive == nil ? "source" : "archive") and target; each is named above",
          hint: SafeText.line(
            "\(archive == nil ? "copy" : "import") such chunks again with "
              + "'\(NextStep.copyDiffering.command(of: archive))', or repair their rows; then run "
              + "'\(NextStep.verify.command(of: archive))' again"), code: "chunks-differ"))
    }
    tell(result.again, "verify")
    tell(result.strays.map { .stray($0, besideArchive: archive != nil) })
    tell(
      result.failures, result.rest, givenUp: result.failures.count + result.differing,
      stopped: result.stopped, todo: "verify", by: NextStep.verify.command(of: archive))
    tell(result.unstaged.map { .unstaged($0) })
  }

  /// What was proved of the chunks that don't differ, and what wasn't.
  private static func meaning(_ result: VerifyResult) -> [String] {
    let values = "by the row count and a checksum over every value"
    switch result.thoroughness {
    case .count:
      return [
        "Only the number of rows was compared: their values may differ. No chunk was marked as verified"
      ]
    case .sample where result.sampled != nil:
      guard let sample = result.sampled else { return [] }
      let others = sample.all - sample.chunks
      return [
        "A sample of \(sample.chunks) of \(Quantity.count(sample.all, "chunk")) was compared, \(values). "
          + "This says nothing about the other \(others), which stay unverified"
      ]
    case .full, .sample:
      return result.verified > 0 ? ["Each of them was compared \(values)"] : []
    case .estimate: return []
    }
  }
}
