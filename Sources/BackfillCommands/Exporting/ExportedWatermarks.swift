import Archive
import Postgres
import TimescaleDB

/// The file beside the manifest that `refresh-caggs --watermarks-from` reads, of the same snapshot as the rows.
struct ExportedWatermarks {
  static let file = "watermarks.json"

  private let chosen: Set<Int64>
  private let installation: Installation

  init(_ chosen: [Hypertable], _ installation: Installation) {
    self.chosen = Set(chosen.map(\.id))
    self.installation = installation
  }

  /// Writes it where there are aggregates that are exported, or are computed from what is.
  ///
  /// - Throws: `ArchiveFault`, `PostgresError`; `CommandFailure`.
  func write(to archive: ArchiveDirectory, on source: borrowing Connection) throws {
    var found = try SourceAggregates.find(Selection(), on: source, installation)
    let links = found.links
    found.aggregates.removeAll { !isConcerned($0, links) }
    guard !found.aggregates.isEmpty else { return }
    try archive.write(try WatermarkFile.text(of: found, on: source) + "\n", to: Self.file)
  }

  private func isConcerned(_ aggregate: Watermark, _ links: [Int64: SourceAggregates.Link]) -> Bool {
    var seen: Set<Int64> = []
    var next: Int64? = aggregate.materializedID
    while let id = next, seen.insert(id).inserted {
      if chosen.contains(id) { return true }
      next = links[id]?.rawHypertableID
    }
    return false
  }
}
