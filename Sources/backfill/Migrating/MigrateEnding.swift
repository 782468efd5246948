import BackfillCommands

/// Why a run of `migrate` ends before the migration is done.
enum MigrateEnding: Error {
  /// By a signal, or by an answer that isn't yes.
  case stopped
  /// A step's command didn't do all that it was asked.
  case step(MigrationStep, ExitCode)
  /// `migrate` itself could not go on.
  case failure(CommandFailure)
  /// A person has to do or to tell something first.
  case awaiting(MigrateWait)
  /// The command line says something else than what was staged.
  case otherChoice

  var exitCode: ExitCode {
    switch self {
    case .stopped, .failure(.stopped): .stopped
    case .step(_, let code): code
    case .failure(.usage), .otherChoice: .usage
    case .failure: .failed
    case .awaiting(.problem): .failed
    case .awaiting: .waiting
    }
  }
}

/// What `migrate` can't go on without, where nobody is asked.
enum MigrateWait {
  /// The target has rows, and no migration is under way there.
  case target
  case writing
  /// - Parameter suggestion: options that would do.
  case completionPoint(suggestion: [String])
  case times(MigrationFinding)
  /// Something is wrong, and a person would be asked whether to go on.
  case problem(MigrationFinding)
}
