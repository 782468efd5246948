import ChunkCatalog
import Postgres
import TimescaleDB

/// Whether a target can be refreshed by what a file tells of a source; as `Compatibility`, for what is known of the
/// source.
struct FileCompatibility: ChecklistItem {
  let source: RecordedDatabase
  let target: Installation

  var findings: [CheckedFinding] {
    var stops: [Finding] = []
    let ours = target.capabilities.version.description
    if let theirs = source.timescaleVersion, theirs != ours {
      stops.append(.versions(.timescaleDiffers(source: theirs, target: ours)))
    }
    return stops.map { CheckedFinding(.stop, $0) } + Fitness(of: .target, target).findings
  }
}
