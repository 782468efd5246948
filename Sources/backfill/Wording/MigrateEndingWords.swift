import BackfillCommands

extension MigrateEnding {
  /// - Parameter commandLine: of this run, without secrets.
  func messages(goingOn commandLine: String) -> [Message] {
    let again = "to go on, run: \(SafeText.line(commandLine))"
    switch self {
    case .stopped, .failure(.stopped):
      return [Message(.error, "stopped before the migration was done", hint: again, code: "stopped")]
    case .step(let step, .stopped):
      return [Message(.error, "stopped in the step \(step.name)", hint: again, code: "stopped")]
    case .step(let step, let code):
      return [
        Message(
          .error, "the step \(step.name) is not done (exit code \(code.rawValue)), and the migration rests",
          hint: "see above for what to do about it; then, \(again)", code: "step-not-done")
      ]
    case .failure(let failure): return failure.messages
    case .otherChoice:
      return [
        Message(
          .error, "what is migrated was staged with other options",
          hint:
            "leave out --until, --from, --filter, --exclude and the cascades: they are recorded on the target",
          code: "other-options-staged")
      ]
    case .awaiting(let wait): return [wait.message(again)]
    }
  }
}

extension MigrateWait {
  fileprivate func message(_ again: String) -> Message {
    switch self {
    case .target:
      Message(
        .error,
        "the target has the schema, and rows in its hypertables, and no migration is under way there: it may be finished",
        hint: "to migrate into it, add --no-schema; the source's rows then replace the target's",
        code: "target-has-rows")
    case .schema:
      Message(
        .error, "the target has no hypertables",
        hint: "leave out --no-schema, or bring the schema there first",
        code: "schema-missing")
    case .writing:
      Message(
        .error, "the application has to write to both databases from here on",
        hint: "when all writers do, run the same command again with --writing-to-both",
        code: "writing-to-both")
    case .completionPoint(let suggestion):
      Message(
        .error, "the completion point is not given",
        hint: "add \(suggestion.map(SafeText.line).joined(separator: " "))", code: "completion-point")
    case .times(let finding), .problem(let finding): Message(.error, .migration(finding))
    }
  }
}
