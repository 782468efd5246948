import BackfillCommands
import Glibc
import JSONValues
import Postgres

/// What `--json` writes: one document, whatever the outcome. Its members are described by `help json`, and those that every
/// subcommand has come from here.
struct Document {
  /// Changes where a member changes its meaning or goes; members that come don't change it.
  static let format: Int64 = 1

  /// nil where the command line named none.
  var subcommand: Subcommand?
  var started: Timestamp
  var ended: Timestamp
  var outcome: String
  var exit: ExitCode
  var told = Told()
  var errors: [Message] = []
  /// The command to run next.
  var next: String?
  /// The subcommand's own members.
  var members: [JSON.Member] = []

  var json: JSON {
    let common: [JSON.Member] = [
      JSON.Member("format", .whole(Self.format)), JSON.Member("program", .text(Version.program)),
      JSON.Member("version", .text(Version.number)), JSON.Member("command", .text(subcommand?.name)),
      JSON.Member("started", .text(started.rfc3339)), JSON.Member("ended", .text(ended.rfc3339)),
      JSON.Member("seconds", .seconds(ended.since(started))), JSON.Member("outcome", .text(outcome)),
      JSON.Member("exit", .integer(exit.rawValue)), JSON.Member("source", .database(told.databases[.source])),
      JSON.Member("target", .database(told.databases[.target])),
      JSON.Member("errors", .array(errors.map(\.json))),
      JSON.Member("warnings", .array(told.warnings.map(\.json))),
      JSON.Member("notes", .array(told.notes.map(\.json))), JSON.Member("next", .text(next)),
    ]
    return .members(common + members)
  }
}

extension Document {
  /// Of a command that was run.
  ///
  /// - Parameter told: what was told while it ran.
  init(_ outcome: Outcome, of command: Command, exit: ExitCode, told: Told, started: Timestamp) {
    self.init(
      subcommand: command.subcommand, started: started, ended: .now, outcome: Self.name(outcome, exit),
      exit: exit, told: told)
    for problem in RunSummary(outcome).problems {
      if problem.kind == .error { errors.append(problem) } else { self.told.warnings.append(problem) }
    }
    next = outcome.next(after: command)?.command(of: outcome.archive(of: command))
    members = outcome.members
  }

  /// Of a command that is left alone in the middle of its work, as it doesn't come to an end.
  init(leaving command: Command, told: Told, started: Timestamp) {
    self.init(
      .failed(.stopped(.working)), of: command, exit: .stopped, told: told, started: started)
  }

  /// Of a command line that can't be followed.
  init(_ error: UsageError, words: [String], started: Timestamp) {
    self.init(
      subcommand: CommandLineParser.subcommand(in: words), started: started, ended: .now, outcome: "usage",
      exit: .usage)
    errors = [Message(error)]
  }

  /// - Parameter outcome: nil where the command came to none.
  static func name(_ outcome: Outcome?, _ exit: ExitCode) -> String {
    if case .stated(let result) = outcome { return result.verdict.rawValue }
    return switch exit {
    case .done: "done"
    case .failed: "failed"
    case .usage: "usage"
    case .different: "differs"
    case .stopped: "stopped"
    case .running: "running"
    case .waiting: "waiting"
    }
  }
}

extension Message {
  init(_ error: UsageError) { self.init(.error, error.message, hint: error.hint, code: "usage") }
}

extension Timestamp {
  /// By this machine's clock.
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
