import Archive
import Postgres
import TimescaleDB

/// An archive that is being written.
struct OpenedArchive: Sendable {
  let manifest: Manifest
  /// What every session of every process reads.
  let snapshot: String
  let position: WALPosition?
  /// What isn't finished yet.
  let tasks: [ExportPlanner.Task]
  /// How many are.
  let finished: Int
  /// Those of them that have a chunk's batches.
  let finishedAsBatches: Int
}

/// Begins an archive, or goes on with one.
struct ArchiveOpening {
  let request: Export
  let archive: ArchiveDirectory
  let reporter: any Reporter

  private static let operation = "planning the export"

  /// For the process that leads. The session's transaction stays open, as its snapshot is everybody's.
  ///
  /// - Throws: `CommandFailure`, `ArchiveFault`, `PostgresError`.
  func open(
    _ planner: ExportPlanner, _ scope: ExportPlanner.Scope, on source: borrowing Connection
  ) throws -> OpenedArchive {
    let fingerprint = try Fingerprint.find(on: source)
    let earlier = try archive.manifest()
    if let earlier { try refuseOther(earlier, fingerprint) }
    let (snapshot, now) = try source.queryRow(
      """
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SELECT pg_export_snapshot() AS snapshot, \(Timestamp.reading("now()")) AS now
      """, doing: Self.operation
    ) { row throws(PostgresError) in (try row.text("snapshot"), try row.integer("now")) }
    let plan = try planner.plan(scope, on: source)
    let tasks = plan.tasks
    let id = earlier?.id ?? Self.newID()
    let kept = try earlier.map { try keep($0, beside: tasks) } ?? []
    let (open, asBatches) = try look(at: tasks, and: kept, in: id)
    let isBegun = open.count < tasks.count || !kept.isEmpty
    let snapshots = isBegun ? (earlier?.snapshots ?? 0) + (open.isEmpty ? 0 : 1) : 1
    let manifest = Manifest(
      id: id, created: earlier?.created ?? Timestamp(microseconds: now).rfc3339,
      program: request.identity.version,
      source: Manifest.Source(
        ConnectedDatabase(source, planner.installation), planner.installation, fingerprint),
      request: request.archived, hypertables: try planner.archived(scope, plan, on: source),
      files: tasks.map(\.name) + kept, snapshots: snapshots)
    try archive.write(manifest)
    try ExportedWatermarks(scope.chosen, planner.installation).write(to: archive, on: source)
    tell(manifest)
    return OpenedArchive(
      manifest: manifest, snapshot: snapshot, position: fingerprint.position, tasks: open,
      finished: manifest.files.count - open.count, finishedAsBatches: asBatches)
  }

  /// For a process that follows another one.
  ///
  /// - Returns: nil where that one is gone by now.
  /// - Throws: `CommandFailure`, `ArchiveFault`, `PostgresError`.
  func follow(
    _ snapshot: String, _ planner: ExportPlanner, _ scope: ExportPlanner.Scope,
    on source: borrowing Connection
  ) throws -> OpenedArchive? {
    guard let manifest = try archive.manifest() else { throw ArchiveFault.missing(file: Manifest.file) }
    try refuseOther(manifest, try Fingerprint.find(on: source))
    do throws(PostgresError) {
      try source.execute(SnapshotLoss.opening(snapshot), doing: "reading in the snapshot of the export")
    } catch {
      guard SnapshotLoss.isReason(for: error) else { throw error }
      source.rollBack()
      return nil
    }
    let tasks = try planner.plan(scope, on: source).tasks
    try source.execute("COMMIT", doing: Self.operation)
    let files = Set(manifest.files)
    guard tasks.allSatisfy({ files.contains($0.name) }) else {
      throw CommandFailure.failed(.archive(.otherRequest(directory: archive.path, options: "")))
    }
    tell(manifest)
    let kept = files.subtracting(tasks.map(\.name))
    let (open, asBatches) = try look(at: tasks, and: Array(kept), in: manifest.id)
    return OpenedArchive(
      manifest: manifest, snapshot: snapshot, position: manifest.source.fingerprint.position, tasks: open,
      finished: manifest.files.count - open.count, finishedAsBatches: asBatches)
  }

  /// - Parameter kept: names of chunks that are finished, and no longer tasks.
  /// - Returns: what isn't finished, and how many of the others have batches.
  private func look(
    at tasks: [ExportPlanner.Task], and kept: [String], in id: String
  ) throws(ArchiveFault) -> (open: [ExportPlanner.Task], asBatches: Int) {
    var open: [ExportPlanner.Task] = []
    var asBatches = 0
    for task in tasks {
      guard let file = try archive.finished(task.name, in: id) else {
        open.append(task)
        continue
      }
      if file.batches != nil { asBatches += 1 }
    }
    for name in kept where try archive.finished(name, in: id)?.batches != nil { asBatches += 1 }
    return (open, asBatches)
  }

  private func tell(_ manifest: Manifest) {
    guard manifest.snapshots > 1 else { return }
    reporter.report(
      .warning(
        .archive(.severalSnapshots(directory: archive.path, count: Int(clamping: manifest.snapshots)))))
  }

  /// Rows of two databases, or of two windows, in one archive would be mixed.
  private func refuseOther(_ manifest: Manifest, _ fingerprint: Fingerprint) throws(CommandFailure) {
    let differences = fingerprint.differences(from: manifest.source.fingerprint, ofDatabaseOnly: true)
    guard differences.isEmpty else { throw .failed(.archive(.otherSource(directory: archive.path))) }
    guard manifest.request == request.archived else {
      throw .failed(
        .archive(.otherRequest(directory: archive.path, options: manifest.request.options)))
    }
  }

  /// What earlier runs have finished of chunks that are no longer as they were then. A chunk that was dropped took its
  /// rows with it, and the file still has them. If another chunk covers the same range by now, the archive would have
  /// its rows twice: then the old file is removed, and the new chunk is exported.
  private func keep(_ earlier: Manifest, beside tasks: [ExportPlanner.Task]) throws -> [String] {
    let planned = Set(tasks.map(\.name))
    let boxes = Dictionary(grouping: tasks, by: \.hypertable.name).mapValues { $0.map(\.box) }
    return try earlier.files.filter { name in
      guard !planned.contains(name) else { return false }
      if let file = try archive.finished(name, in: earlier.id) {
        let others = boxes[file.chunk.hypertable] ?? []
        if !others.contains(where: file.box.overlaps) { return true }
      }
      try archive.removeChunk(name)
      return false
    }
  }

  private static func newID() -> String {
    (0..<2).map { _ in
      let digits = String(UInt64.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

extension ArchivedChunk {
  /// The part of the hypertable's space that the file has all rows of.
  fileprivate var box: Box {
    var box = Box(chunk.slices)
    if let index = chunk.timeIndex { box.ranges[index] = box.ranges[index].intersection(range) }
    return box
  }
}
