import CVersion
import Loading
import Postgres
import TimescaleDB

/// The program's name and version: the first line of every run, and all of `--version`.
enum Version {
  /// As in https://semver.org; `help stability` tells what it promises.
  static let number = "0.1.0"
  /// When the version was made, for the man page.
  static let date = "2026-11-30"
  static let program = ApplicationName.program
  static let line = "\(program) \(number)"

  /// What `--version --verbose` adds: all that a report of a defect should have.
  static func details(_ library: ClientLibrary) -> [String] {
    let oldest = Capabilities.oldestVersion
    let newest = Capabilities.newestTried
    let facts: [(name: String, value: String?)] = [
      ("commit", commit),
      ("compiler", "Swift \(compiler)"),
      (
        "libpq",
        ([library.version, library.security, library.path].compactMap { $0 }).joined(separator: ", ")
      ),
      (Compression.zstd.library, Compression.zstd.libraryVersion),
      (Compression.gzip.library, Compression.gzip.libraryVersion),
      ("TimescaleDB", "\(oldest.major).\(oldest.minor) to \(newest.major).\(newest.minor)"),
      ("PostgreSQL", "\(ServerCapabilities.oldestMajor) or later, as far as TimescaleDB supports it"),
    ]
    return HelpPage.table(facts.compactMap { name, value in value.map { (name, $0) } })
  }

  /// nil where the build was not told.
  private static var commit: String? {
    let text = backfill_commit().map { String(cString: $0) } ?? ""
    return text.isEmpty ? nil : text
  }

  private static var compiler: String {
    #if compiler(>=7.0)
      "7.0 or later"
    #elseif compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #elseif compiler(>=6.1)
      "6.1"
    #else
      "6.0"
    #endif
  }
}
