import BackfillCommands
import Waiting

/// One of the subcommands of `jobs`.
enum JobsCommand: Sendable {
  case off(JobsOff)
  case on(JobsOn)
  case list(JobsList)

  var subcommand: Subcommand {
    switch self {
    case .off: .jobsOff
    case .on: .jobsOn
    case .list: .jobsList
    }
  }

  /// - Throws: `CommandFailure`.
  func run(_ interrupt: Interrupt, _ reporter: any Reporter) async throws(CommandFailure) -> JobsResult {
    switch self {
    case .off(let command): try await command.run(interrupt: interrupt, reporter: reporter)
    case .on(let command): try await command.run(interrupt: interrupt, reporter: reporter)
    case .list(let command): try await command.run(interrupt: interrupt, reporter: reporter)
    }
  }
}
