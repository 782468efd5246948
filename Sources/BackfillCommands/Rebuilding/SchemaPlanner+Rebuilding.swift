import Postgres
import TimescaleDB

/// Whether a target gets its hypertables by TimescaleDB's catalog or from definitions.
extension SchemaPlanner {
  /// - Returns: whether they are made from definitions, and the version of the extension that the target has or gets.
  /// - Throws: `CommandFailure`, `PostgresError`.
  func rebuilding(
    _ source: Installation, _ target: borrowing SchemaTarget
  ) throws -> (rebuilds: Bool, version: String) {
    let asked = options.rebuilds || options.addsMissing
    let wanted = source.capabilities.version.description
    func tellVersions(_ version: String) {
      if !asked { tell(.neededByVersions(source: wanted, target: version)) }
      reporter.report(.warning(.definition(.versionsDiffer(source: wanted, target: version))))
    }
    guard let there = target.installation else {
      let available = try Self.availableVersions(target.session)
      if available.versions.contains(wanted) {
        if asked { try checkRebuild(source, nil) }
        return (asked, wanted)
      }
      guard let version = available.preferred else {
        throw CommandFailure.failed(
          .transfer(.timescaleUnavailable(version: wanted, available: available.versions)))
      }
      tellVersions(version)
      try checkRebuild(source, nil)
      return (true, version)
    }
    guard !there.isInRecovery else { throw CommandFailure.failed(.databases(.targetIsStandby)) }
    guard there.schema == source.schema else {
      throw CommandFailure.failed(
        .transfer(.extensionSchemaDiffers(source: source.schema, target: there.schema)))
    }
    let version = there.capabilities.version.description
    var rebuilds = asked
    if version != wanted {
      tellVersions(version)
      rebuilds = true
    } else if source.capabilities.isCommunity, !there.capabilities.isCommunity {
      if !asked { tell(.neededByEditions) }
      rebuilds = true
    }
    if rebuilds { try checkRebuild(source, there) }
    return (rebuilds, version)
  }

  private func tell(_ finding: DefinitionFinding) { reporter.report(.note(.definition(finding))) }

  private func checkRebuild(_ source: Installation, _ target: Installation?) throws(CommandFailure) {
    let capabilities = [source.capabilities] + (target.map { [$0.capabilities] } ?? [])
    for old in capabilities.compactMap(VersionFinding.tooOld) { throw .failed(.versions(old)) }
    if let target, target.isRestoring { throw .failed(.databases(.isRestoring(.target))) }
  }

  /// - Returns: all versions of TimescaleDB that the server offers, and the one that it would create.
  private static func availableVersions(
    _ target: borrowing Connection
  ) throws(PostgresError) -> (versions: [String], preferred: String?) {
    let operation = "looking for TimescaleDB"
    let versions = try target.query(
      "SELECT version FROM pg_available_extension_versions WHERE name = 'timescaledb' ORDER BY version",
      doing: operation
    ) { row throws(PostgresError) in try row.text("version") }
    let preferred = try target.query(
      "SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb'", doing: operation
    ) { row throws(PostgresError) in try row.optionalText("default_version") }
    return (versions, preferred.first ?? nil)
  }

  /// What would be done, for a person to do.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  func statements(
    _ plan: SchemaPlan, _ source: borrowing Connection, _ installation: Installation,
    _ target: borrowing SchemaTarget
  ) throws -> RebuildStatements {
    let programs = RebuildPrograms(
      plan: plan, directory: directory, interrupt: interrupt, reporter: reporter)
    let reading = try programs.read(source, installation.capabilities)
    // Of an extension that isn't there yet the edition is taken to be the source's.
    let version = plan.missingVersion.flatMap { TimescaleVersion($0) } ?? installation.capabilities.version
    let capabilities =
      target.installation?.capabilities
      ?? Capabilities(version: version, isCommunity: installation.capabilities.isCommunity)
    let present =
      plan.rebuild?.isMissingOnly == true && target.installation != nil
      ? try PresentSchema.find(reading.contents, source, target.session) : .init()
    let statements = try RebuildStatements(reading, programs, on: capabilities, present)
    for finding in statements.findings { reporter.report(.warning(.definition(finding))) }
    return statements
  }
}
