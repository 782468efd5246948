import BackfillCommands
import Glibc
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
  var errors: [JSON] = []
  var warnings: [JSON] = []
  /// The command to run next.
  var next: String?
  /// The subcommand's own members.
  var members: [JSON.Member] = []

  var json: JSON {
    let common: JSON = .object([
      "format": .whole(Self.format), "program": .text(Version.program), "version": .text(Version.number),
      "command": .text(subcommand?.name), "started": .text(started.rfc3339), "ended": .text(ended.rfc3339),
      "seconds": .seconds(ended.since(started)), "outcome": .text(outcome),
      "exit": .integer(exit.rawValue), "errors": .array(errors), "warnings": .array(warnings),
      "next": .text(next),
    ])
    guard case .members(let first) = common else { return common }
    return .members(first + members)
  }

  /// An error or a warning.
  static func problem(_ finding: Finding) -> JSON {
    let words = finding.words
    var detail: String?
    if case .server(let error) = finding { detail = error.detail }
    return problem(
      words.text, detail: detail, hint: words.hint, side: finding.side?.rawValue, sqlState: finding.sqlState,
      object: finding.object)
  }

  static func problem(
    _ message: String, detail: String? = nil, hint: String?, side: String? = nil, sqlState: String? = nil,
    object: String? = nil
  ) -> JSON {
    .object([
      "message": .text(message), "detail": .text(detail), "hint": .text(hint), "side": .text(side),
      "sqlstate": .text(sqlState), "object": .text(object),
    ])
  }
}

extension Document {
  /// Of a command that was run.
  init(
    _ outcome: Outcome, of command: Command, exit: ExitCode, warnings: [Finding], started: Timestamp
  ) {
    self.init(
      subcommand: command.subcommand, started: started, ended: .now, outcome: Self.name(outcome, exit),
      exit: exit)
    self.warnings = warnings.map(Self.problem)
    switch outcome {
    case .stated(let result):
      next = result.next?.command
      members = result.members
    case .failed(.usage(let finding)), .failed(.failed(let finding)): errors = [Self.problem(finding)]
    case .failed(let failure):
      errors = [Self.problem(failure.message.text, hint: failure.message.hint)]
    case .staged, .copied, .verified, .cleaned, .refreshed, .reported: break
    }
  }

  /// Of a command line that can't be followed.
  init(_ error: UsageError, words: [String], started: Timestamp) {
    self.init(
      subcommand: words.lazy.compactMap(Subcommand.init).first, started: started, ended: .now,
      outcome: "usage", exit: .usage)
    errors = [Self.problem(error.message, hint: error.hint)]
  }

  private static func name(_ outcome: Outcome, _ exit: ExitCode) -> String {
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

extension Timestamp {
  /// By this machine's clock.
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
