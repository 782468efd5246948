import BackfillCommands
import Postgres

extension ProgramFinding {
  var words: Words {
    switch self {
    case .missing(let program, let directory, let elsewhere):
      Words(
        "\(program.name) is not in \(directory.map(SafeText.line) ?? "the PATH")",
        hint: Self.finding(elsewhere, otherwise: "install PostgreSQL's client programs (postgresql-client)"))
    case .unknownVersion(let program, let path):
      Words(
        "\(SafeText.line(path)) does not tell its version like PostgreSQL's \(program.name)",
        hint: "name the directory of PostgreSQL's client programs with --pg-bin")
    case .tooOld(let found, let source, let elsewhere):
      Words(
        "\(SafeText.line(found.path)) is version \(SafeText.line(found.version)), older than the source's PostgreSQL "
          + "\(source), which it cannot dump",
        hint: Self.finding(
          elsewhere, otherwise: "install the client programs of PostgreSQL \(source) or later"))
    case .tooNew(let found, let target, let elsewhere):
      Words(
        "\(SafeText.line(found.path)) is version \(SafeText.line(found.version)); from 17 on, pg_restore cannot restore "
          + "into PostgreSQL \(target)",
        hint: Self.finding(elsewhere, otherwise: "install the client programs of PostgreSQL \(target)"))
    case .olderThanDump(let found, let dump):
      Words(
        "\(SafeText.line(found.path)) is version \(SafeText.line(found.version)), older than \(SafeText.line(dump.path)) "
          + "(\(SafeText.line(dump.version))), whose output it is to read",
        hint: "name a directory that has all programs of one version with --pg-bin")
    case .said(let line):
      // Most say who they are.
      Words(line.text.hasPrefix(line.program) ? line.text : "\(line.program): \(line.text)")
    case .failed(let failure): failure.words
    case .unreadable(let program):
      Words("the output of \(program.name) is not a script that can be read")
    case .noDirectory(let place, let reason):
      Words(
        "no directory can be created in \(SafeText.line(place)): \(reason)",
        hint: "set TMPDIR to a directory that can be written to")
    case .unwritable(let file, let reason): Words("\(SafeText.line(file)) cannot be written: \(reason)")
    }
  }

  private static func finding(_ elsewhere: [String], otherwise: String) -> String {
    let paths = elsewhere.map { "--pg-bin \(ShellWord.quoted($0))" }
    return paths.isEmpty
      ? "\(otherwise), or name their directory with --pg-bin"
      : "use \(Words.list(paths, separator: " or ")), if it is of the right version"
  }
}

extension ProgramFailure {
  fileprivate var words: Words {
    switch self {
    case .notStarted(let program, let path, let reason):
      Words("\(program) cannot be started (\(SafeText.line(path))): \(reason)")
    case .exited(let program, let code, let lines):
      Words("\(program) failed with exit code \(code)\(Self.last(lines))")
    case .killed(let program, let signal, let lines):
      Words("\(program) was ended by signal \(signal)\(Self.last(lines))")
    case .stopped(let program): Words("\(program) was stopped")
    }
  }

  /// From its first error on, where it says that in English.
  private static func last(_ lines: [String]) -> String {
    let error = lines.firstIndex { $0.contains(part: "error: ") }
    let told = error.map { lines[$0...].prefix(3) } ?? lines.suffix(3)
    return told.isEmpty ? "" : ": " + told.map(SafeText.line).joined(separator: "; ")
  }
}
