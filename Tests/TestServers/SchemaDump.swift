import Foundation

extension TestDatabase {
  /// Copies the schema into another database the way Timescale's migration guide says: everything but the chunks'
  /// rows, between `timescaledb_pre_restore()` and `timescaledb_post_restore()`. The objects stay `app`'s.
  ///
  /// Any error of pg_restore is thrown; none is known to be harmless. The tools are those of the newer of
  /// the two installations.
  public func dumpSchema(into other: TestDatabase) async throws {
    let (from, to) = (cluster.installation, other.cluster.installation)
    let tools = (from.majorVersion() ?? 0) > (to.majorVersion() ?? 0) ? from : to
    let dump = try ScratchFile()
    try await tools.run(
      "pg_dump",
      [
        "--format=custom", "--compress=0", "--exclude-table-data=_timescaledb_internal.*",
        "--dbname=\(superuserConnectionString)",
      ], output: dump)
    try other.preRestore()
    try await tools.run(
      "pg_restore", ["--exit-on-error", "--dbname=\(other.superuserConnectionString)"],
      input: .reading(dump.path))
    try other.postRestore()
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
