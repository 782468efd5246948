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

  /// A text that is no time, or none for what it was given for; nil for anything else.
  var wrongTime: Finding? {
    switch self {
    case .failure(.usage(let finding)): finding
    case .failure(.failed(.time(let finding))): .time(finding)
    default: nil
    }
  }

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
  /// It has no schema, although it should.
  case schema
  case writing
  /// - Parameter suggestion: options that would do.
  case completionPoint(suggestion: [String])
  case times(MigrationFinding)
  /// Something is wrong, and a person would be asked whether to go on.
  case problem(MigrationFinding)
}
