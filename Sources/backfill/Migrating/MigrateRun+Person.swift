import BackfillCommands
import ChunkCatalog
import Postgres
import Waiting

/// The steps that are a person's.
extension MigrateRun {
  /// A target with rows may be one that a migration has been finished on: that is no yes by Enter.
  func confirmTarget() throws(MigrateEnding) {
    guard let dialog else { throw .awaiting(.target) }
    console.say([""] + MigrateText.targetWithRows)
    guard dialog.confirm("Is it the target of this migration?", byDefault: false, interrupt) else {
      throw .stopped
    }
  }

  func confirmWriting() throws(MigrateEnding) {
    if !request.isWritingToBoth {
      guard let dialog else { throw .awaiting(.writing) }
      guard
        dialog.confirm("Do all writers write to both databases now?", byDefault: false, interrupt)
      else { throw .stopped }
    }
    try note(.writing)
  }

  /// Takes the completion point of the command line, or asks for one.
  func choose(over record: MigrationRecord?) throws(MigrateEnding) {
    var choice = request.choice(over: record?.choice)
    guard choice.until.isEmpty else {
      let review = try review(choice, record)
      if let problem = review.problem, case .needTimes = problem { throw .awaiting(.times(problem)) }
      console.say(["Completion point: \(choice.until.map(SafeText.line).joined(separator: ", "))"])
      console.say(review.notes.map { Finding.time($0).words.text })
      return try note(.choice(choice))
    }
    let adviser = CompletionAdviser(source: request.endpoints.source, selection: choice.selection)
    let interrupt = interrupt
    let advice = try asking { () async throws(CommandFailure) in
      try await adviser.run(interrupt: interrupt)
    }
    guard let dialog else { throw .awaiting(.completionPoint(suggestion: advice.options)) }
    while true {
      choice.until = try ask(dialog, advice) { general throws(MigrateEnding) in
        var first = choice
        first.until = [general]
        return try acceptable(first, record, mayNeedTimes: true)
      }
      if try acceptable(choice, record, mayNeedTimes: false) { break }
    }
    try note(.choice(choice))
  }

  /// Whether an answer is a time for all that it is for; says why if not, as another may be.
  private func acceptable(
    _ choice: MigrationRecord.Choice, _ record: MigrationRecord?, mayNeedTimes: Bool
  ) throws(MigrateEnding) -> Bool {
    do throws(MigrateEnding) {
      let review = try review(choice, record)
      guard let problem = review.problem, case .needTimes = problem, !mayNeedTimes else {
        if !mayNeedTimes { console.say(review.notes.map { Finding.time($0).words.text }) }
        return true
      }
      console.complain(Message(.error, .migration(problem)))
    } catch {
      guard let finding = error.wrongTime else { throw error }
      console.complain(Message(.error, finding))
    }
    return false
  }

  /// - Parameter isAcceptable: whether a point for all is one.
  private func ask(
    _ dialog: Dialog, _ advice: CompletionAdvice,
    _ isAcceptable: (String) throws(MigrateEnding) -> Bool
  ) throws(MigrateEnding) -> [String] {
    var general: String?
    if let suggestion = advice.general?.rfc3339 {
      repeat {
        general = try answer(dialog, "Completion point", suggestion)
      } while try !isAcceptable(general ?? "")
    }
    var texts: [String] = []
    for own in advice.own {
      let text = try answer(dialog, own.question, own.suggestion)
      // There has to be one for all that have none of their own.
      if general == nil { general = text }
      texts.append(own.option(text))
    }
    return (general.map { [$0] } ?? []) + texts
  }

  private func answer(
    _ dialog: Dialog, _ question: String, _ suggestion: String?
  ) throws(MigrateEnding) -> String {
    while true {
      let prompt = question + (suggestion.map { " [\(SafeText.line($0))]" } ?? "") + ": "
      guard let answer = dialog.ask(prompt, interrupt) else { throw .stopped }
      if let text = answer.isEmpty ? suggestion : answer { return text }
    }
  }

  /// Waits until the completion point has come and rows that were on their way are there, and looks whether the target has
  /// rows from then on as the source has.
  func awaitCompletionPoint(
    _ choice: MigrationRecord.Choice, _ record: MigrationRecord?
  ) throws(MigrateEnding) {
    var isTold = false
    while true {
      let review = try review(choice, record)
      if let problem = review.problem { return try face(problem) }
      guard review.wait > .zero else {
        for warning in review.warnings { console.complain(Message(.warning, .migration(warning))) }
        return
      }
      if !isTold { console.say([MigrateText.waiting(review)]) }
      isTold = true
      interrupt.sleep(min(review.wait, .seconds(60)), until: .draining)
      guard interrupt.stage == .running else { throw .stopped }
    }
  }

  private func face(_ problem: MigrationFinding) throws(MigrateEnding) {
    guard case .onlyOnSource = problem else { throw .awaiting(.times(problem)) }
    guard let dialog else { throw .awaiting(.problem(problem)) }
    console.complain(Message(.warning, .migration(problem)))
    guard dialog.confirm("Stage all the same?", byDefault: false, interrupt) else { throw .stopped }
  }

  private func review(
    _ choice: MigrationRecord.Choice, _ record: MigrationRecord?
  ) throws(MigrateEnding) -> CompletionReview {
    let point = try reading { () throws(UsageError) in try CompletionPoint(options: choice.until) }
    let reviewer = CompletionReviewer(
      endpoints: request.endpoints, selection: choice.selection, until: point, from: choice.from)
    let interrupt = interrupt
    return try asking { () async throws(CommandFailure) in
      try await reviewer.run(of: record, interrupt: interrupt)
    }
  }
}
