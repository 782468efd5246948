import Postgres

/// The program's name and version: the first line of every run, and all of `--version`.
enum Version {
  static let number = "0.1.0"
  static let program = ApplicationName.program
  static let line = "\(program) \(number)"
}
