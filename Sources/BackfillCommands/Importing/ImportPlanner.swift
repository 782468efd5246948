import Archive
import ChunkCatalog
import Postgres
import TimescaleDB

/// What is to be imported, from what the archive and the target say: with the checks of `stage`, as far as they need
/// no source.
struct ImportPlanner {
  let archive: ReadArchive
  /// The target's.
  let installation: Installation
  let reporter: any Reporter

  /// - Throws: `CommandFailure`, `PostgresError`.
  func plan(on target: borrowing Connection) throws -> (plan: StagePlan, files: [Int64: ArchivedChunk]) {
    let contents = try archive.contents()
    let missing = archive.manifest.files.count - contents.count
    guard missing == 0 else {
      throw CommandFailure.failed(
        .archive(
          .unfinished(
            directory: archive.directory.path, files: archive.manifest.files.count, missing: missing)))
    }
    let match = try match(on: target)
    var checklist = try checklist(match, on: target)
    checklist.add(ArchivedBatchesCheck(contents, in: archive.directory, installation))
    try checklist.refuse()
    checklist.tell(reporter)
    var files: [Int64: ArchivedChunk] = [:]
    var work: [StagePlan.Work] = []
    let pairs = Dictionary(
      match.pairs.map { ($0.source.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (number, file) in contents.enumerated() {
      guard let pair = pairs[file.chunk.hypertable], pair.source.dimensions == file.chunk.dimensions else {
        throw CommandFailure.failed(
          .archive(
            .fault(
              directory: archive.directory.path,
              .exchanged(file: ArchivedChunk.descriptionFile(file.name)))))
      }
      let id = Int64(number)
      files[id] = file
      work.append(StagePlan.Work(pair: pair, chunk: Chunk(file, id: id, of: pair.source), range: file.range))
    }
    let chunks = try Chunk.all(
      of: match.pairs.map(\.target.id), capabilities: installation.capabilities, on: target)
    return (StagePlan(pairs: match.pairs, work: work, targetChunks: chunks), files)
  }

  private func match(on target: borrowing Connection) throws(PostgresError) -> HypertableMatch {
    let archived = archive.manifest.hypertables
    let known = Set(archived.map(\.hypertable.knownName))
    let targets = try Hypertable.all(on: target)
    let theirs = archived.map {
      ($0.hypertable.id, RelationColumns(compresses: $0.compresses, columns: $0.columns))
    }
    return HypertableMatch(
      archive.hypertables, targets,
      sourceColumns: Dictionary(theirs, uniquingKeysWith: { first, _ in first }),
      targetColumns: try RelationColumns.all(
        of: targets.filter { known.contains($0.knownName) }, capabilities: installation.capabilities,
        on: target))
  }

  private func checklist(
    _ match: HypertableMatch, on target: borrowing Connection
  ) throws(PostgresError) -> Checklist {
    let targets = match.pairs.map(\.target)
    return Checklist([
      try QueuePrivilege.find(on: target, installation), match,
      try RowSecurity.find(on: target, Set(targets.map(\.name))),
      try BlockingPublications.find(match.pairs, on: target),
      try aggregates(match.pairs, on: target),
      UnloggedTables(
        source: [], target: try UnloggedTables.all(targets.map(\.id), installation, on: target)),
      EncodingComparison(source: archive.manifest.source.encoding, target: installation.encoding),
      try StagingHazards.find(targets, installation, retention: [], on: target),
    ])
  }

  private func aggregates(
    _ pairs: [HypertablePair], on target: borrowing Connection
  ) throws(PostgresError) -> AggregateComparison {
    let source = archive.manifest.source
    let pairs = pairs.filter { $0.source.aggregate != nil }
    let theirs = archive.manifest.hypertables.compactMap { archived in
      archived.definition.map { (archived.hypertable.id, $0) }
    }
    let ours = try AggregateDefinition.all(of: pairs.map(\.target.id), on: target)
    let major = source.postgresVersion.prefix { $0 != "." }
    return AggregateComparison(
      pairs, Dictionary(theirs, uniquingKeysWith: { first, _ in first }), ours,
      [Identifier(source.schema), installation.schema],
      isSameMajor: installation.server.description.prefix { $0 != "." } == major)
  }
}

extension Chunk {
  /// As the archive has it. Of a chunk without batches there it isn't told how it was compressed, so that nothing is
  /// prepared for them.
  fileprivate init(_ file: ArchivedChunk, id: Int64, of hypertable: Hypertable) {
    self.init(
      id: id, hypertableID: hypertable.id, name: file.chunk.name, status: file.chunk.status, isTiered: false,
      slices: file.chunk.slices, size: file.copiedBytes,
      compression: file.batches?.settings)
  }
}
