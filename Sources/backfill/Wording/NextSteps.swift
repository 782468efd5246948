import BackfillCommands
import ChunkCatalog

/// What to do next, where a result tells it: for the last line of a run, and for programs.

extension Outcome {
  /// nil where there is nothing to do, or the errors say what has to be done first.
  func next(after command: Command) -> NextStep? {
    switch self {
    case .checked(let result): result.next
    case .moved: nil
    case .staged(let result): result.next
    case .copied(let result): result.next
    case .verified(let result): result.next
    case .refreshed(let result): result.stopped ? .refreshCaggs : nil
    case .cleaned(let result): result.recordedJobs > 0 ? .jobsOn : nil
    case .imported(let result): result.next
    case .reported, .exported: nil
    case .jobs(let result): result.next
    case .loaded: nil
    case .stated(let result): result.next
    case .failed(.stopped): command.step
    case .failed(.failed(let finding)): finding.next
    case .failed(.usage), .failed(.refused): nil
    }
  }
}

extension Outcome {
  /// The directory of the archive that has the queue's rows, as a word for the shell; nil where none has.
  func archive(of command: Command) -> String? {
    if case .stated(let result) = self { return result.archive }
    return switch command {
    case .importArchive(let command): ShellWord.quoted(command.request.directory)
    case .verifyArchive(let command): ShellWord.quoted(command.request.directory)
    default: nil
    }
  }
}

extension StatusResult {
  /// What stands for the directory of the archive that has the queue's rows.
  var archive: String? { isOfArchive ? NextStep.archivePlaceholder : nil }
}

extension StageResult {
  var next: NextStep? { !isDryRun && staged + alreadyStaged > 0 ? .copy : nil }
}

extension CopyResult {
  var next: NextStep? {
    guard failures.isEmpty, rest.unattended(givenUp: 0) == 0 else { return .copy }
    return rest.remaining == 0 && again.held.isEmpty && unstaged.isEmpty ? .verify : nil
  }
}

extension ImportResult {
  var next: NextStep? {
    guard failures.isEmpty, rest.unattended(givenUp: 0) == 0 else { return .copy }
    return rest.remaining == 0 && again.held.isEmpty ? .verify : nil
  }
}

extension JobsResult {
  var next: NextStep? {
    guard action == .on else { return nil }
    guard problems.isEmpty else { return (recorded ?? 0) > 0 ? .jobsOn : nil }
    return isVerified ? .clean : nil
  }
}

extension VerifyResult {
  var next: NextStep? {
    if let doneBefore { return doneBefore.uncopied > 0 ? .copy : nil }
    guard estimates == nil else { return nil }
    if differing > 0 { return .copyDiffering }
    return failures.isEmpty && rest.unattended(givenUp: 0) == 0 ? nil : .verify
  }
}

extension Finding {
  /// What has to be done before what was tried.
  fileprivate var next: NextStep? {
    switch self {
    case .queue(.notStaged), .queue(.empty): .stage
    case .queue(.nothingCopied), .refresh(.uncopied), .clean(.uncopied), .jobs(.uncopied),
      .archive(.notImported):
      .copy
    default: nil
    }
  }
}

extension Command {
  fileprivate var step: NextStep? {
    switch self {
    case .check: .check
    case .schema: nil
    case .stage: .stage
    case .copy, .importArchive: .copy
    case .verify, .verifyArchive: .verify
    case .refreshCaggs: .refreshCaggs
    case .clean: .clean
    case .jobs(.on): .jobsOn
    case .status, .report, .jobs, .load, .export: nil
    }
  }
}
