import Foundation

/// Finds the contestants' programs.
enum Programs {
  /// PostgreSQL's own psql: Debian's /usr/bin/psql is a Perl script before it, whose time nobody wants
  /// measured.
  static func psql() -> String? {
    let directory = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let newest = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
    return newest.map { "\(directory)/\($0)/bin/psql" }.first(where: isExecutable) ?? onPath("psql")
  }

  static func onPath(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  /// This program's release binary: built, or brought up to date, where its package is the current
  /// directory; else the one that lies beside this program.
  static func backfill() throws -> String {
    if FileManager.default.fileExists(atPath: "Sources/backfill/main.swift") {
      let build = ["swift", "build", "-c", "release", "--product", "timescaledb-backfill"]
      let environment = ProcessInfo.processInfo.environment
      let built = try MeasuredProcess.run(Command(words: build, environment: environment))
      let binary = ".build/release/timescaledb-backfill"
      guard built.isSuccess, isExecutable(binary) else {
        throw BenchmarkError("the release build fails:\n\(built.output)\(built.errors)")
      }
      return FileManager.default.currentDirectoryPath + "/" + binary
    }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = (own as NSString).deletingLastPathComponent + "/timescaledb-backfill"
    guard isExecutable(beside) else {
      throw BenchmarkError("no timescaledb-backfill found; --program PATH names one")
    }
    return beside
  }

  static func isExecutable(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: path)
  }
}
