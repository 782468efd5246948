import Foundation

extension TestDatabase {
  /// Copies the schema into another database the way Timescale's migration guide says: everything but the chunks'
  /// rows, between `timescaledb_pre_restore()` and `timescaledb_post_restore()`. The objects stay `app`'s.
  ///
  /// The tools are those of the newer of the two installations.
  ///
  /// - Throws: `HarnessError` for any error of pg_restore, but that the extension's own schema is there already.
  public func dumpSchema(into other: TestDatabase) async throws {
    let (from, to) = (cluster.installation, other.cluster.installation)
    let tools = (from.majorVersion() ?? 0) > (to.majorVersion() ?? 0) ? from : to
    try await Gate.databases.pass {
      let dump = try ScratchFile()
      try await tools.run(
        "pg_dump",
        [
          "--format=custom", "--compress=0", "--exclude-table-data=_timescaledb_internal.*",
          "--dbname=\(superuserConnectionString)",
        ], output: dump)
      try other.preRestore()
      try await other.restore(dump, by: tools)
      try other.postRestore()
    }
  }

  private func restore(_ dump: ScratchFile, by tools: Installation) async throws {
    let (ending, messages) = try await tools.ending(
      of: "pg_restore", ["--dbname=\(superuserConnectionString)"], input: .reading(dump.path))
    let errors = messages.split(separator: "\n").filter { $0.contains("pg_restore: error:") }
    let harmless = "ERROR:  schema \"\(extensionSchema)\" already exists"
    // It ends with 1 after errors that it went on from; then each of them has to be the harmless one.
    guard errors.allSatisfy({ $0.hasSuffix(harmless) }), ending == .exited(errors.isEmpty ? 0 : 1)
    else { throw HarnessError("pg_restore failed (\(ending)):\n\(messages)") }
  }

  /// Turns the database into one being restored: TimescaleDB's triggers and background jobs are off.
  public func preRestore() throws {
    try executeAsSuperuser("SELECT \(quotedIdentifier(extensionSchema)).timescaledb_pre_restore()")
  }

  /// Ends `preRestore`.
  public func postRestore() throws {
    try executeAsSuperuser("SELECT \(quotedIdentifier(extensionSchema)).timescaledb_post_restore()")
  }
}
