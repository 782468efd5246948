import Postgres
import TimescaleDB
import Waiting

/// What the source has, read in one snapshot of it.
struct RebuildReading {
  let definitions: Definitions
  let objects: ArchivedObjects
  let contents: ArchiveContents
  /// The file.
  let archive: String
  let tables: [OrdinaryTable]
  let positions: [SequencePosition]
  let largeObjects: Int64
  /// Extensions' tables with rows of people's own.
  let extensionTables: [QualifiedName]
}

/// Client programs at work for a rebuild.
struct RebuildPrograms {
  let plan: SchemaPlan
  let directory: WorkingDirectory
  let interrupt: Interrupt
  let reporter: any Reporter

  private var run: ProgramRun {
    let reporter = reporter
    return ProgramRun(interrupt: interrupt) { reporter.report(.note(.program(.said($0)))) }
  }

  /// Begins a transaction of the source, whose snapshot everything is read in, and leaves it open for the rows.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  func read(_ source: borrowing Connection, _ capabilities: Capabilities) throws -> RebuildReading {
    let operation = "reading the source's definitions"
    try source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", doing: operation)
    let (snapshot, largeObjects) = try source.queryRow(
      "SELECT pg_export_snapshot() AS snapshot, (SELECT count(*) FROM pg_largeobject_metadata) AS large_objects",
      doing: operation
    ) { row throws(PostgresError) in (try row.text("snapshot"), try row.integer("large_objects")) }
    let definitions = try Definitions.read(on: source, capabilities)
    let objects = try ArchivedObjects.find(on: source)
    let archive = "\(directory.path)/definitions"
    let list = try dump(into: archive, snapshot)
    return RebuildReading(
      definitions: definitions, objects: objects,
      contents: ArchiveContents(String(decoding: list, as: UTF8.self)), archive: archive,
      tables: plan.hasRows ? try OrdinaryTable.all(on: source) : [],
      positions: plan.hasRows ? try SequencePosition.all(on: source) : [], largeObjects: largeObjects,
      extensionTables: plan.hasRows ? try ExtensionRows.tables(on: source) : [])
  }

  /// - Returns: the archive's list.
  private func dump(into archive: String, _ snapshot: String) throws(CommandFailure) -> [UInt8] {
    let source = try ClientAccess(plan.sourceClient, side: .source, in: directory)
    // Chunks that are in schemas of a person's own.
    let chunks = plan.source.chunkPatterns.dropLast().map { "--exclude-table=\($0)" }
    let arguments =
      [
        "--format=custom", "--compress=0", "--schema-only", "--snapshot=\(snapshot)", "--file=\(archive)",
        "--exclude-schema=_timescaledb_*", "--exclude-schema=timescaledb_information",
        "--exclude-schema=timescaledb_experimental", "--exclude-schema=__backfill",
      ] + chunks
    return try CommandFailure.running { () throws(ProgramFailure) in
      _ = try run.output(of: plan.programs.call(.pgDump, arguments, on: source))
      return try run.output(of: plan.programs.call(.pgRestore, ["--list", "--verbose", archive]))
    }
  }

  /// The SQL that makes an archive's entries.
  ///
  /// - Parameter section: nil for all.
  func sql(
    of entries: [ArchiveEntry], _ reading: RebuildReading, section: String? = nil, list name: String
  ) throws(CommandFailure) -> SQL {
    let list = try directory.write(ArchiveSelection.list(entries), to: name)
    var arguments = ["--file=-", "--use-list=\(list)"] + plan.ownershipArguments
    if let section { arguments.append("--section=\(section)") }
    let output = try CommandFailure.running { () throws(ProgramFailure) in
      try run.output(of: plan.programs.call(.pgRestore, arguments + [reading.archive]))
    }
    return ScriptOfArchive.sql(output)
  }
}
