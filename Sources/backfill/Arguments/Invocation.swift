import BackfillCommands

/// What a command line asks for, complete and checked as far as that is possible without a database.
enum Invocation: Sendable {
  case help(HelpTopic)
  /// With everything that a report of a defect should have, or in one line.
  case version(detailed: Bool)
  case run(Command)
  /// Shows the state of the queue again and again, with a pause between two looks.
  case watch(Status, every: Duration)
  case migrate(MigrateRequest)
}
