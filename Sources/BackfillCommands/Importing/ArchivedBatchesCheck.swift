import Archive
import Postgres
import TimescaleDB

/// Whether the target can take an archive's batches at all. Each chunk is looked at again when it is copied.
struct ArchivedBatchesCheck: ChecklistItem {
  let findings: [CheckedFinding]

  init(_ contents: [ArchivedChunk], in directory: ArchiveDirectory, _ target: Installation) {
    let strange = contents.compactMap(\.batches?.origin).filter { !$0.isReadable(by: target) }
    guard let origin = strange.first else {
      findings = []
      return
    }
    let finding = ArchiveFinding.otherVersions(
      directory: directory.path, chunks: strange.count,
      source: .init(timescale: origin.timescaleVersion, postgres: origin.postgresVersion),
      target: .init(
        timescale: target.capabilities.version.description, postgres: target.server.description))
    findings = [.init(.stop, .archive(finding))]
  }
}
