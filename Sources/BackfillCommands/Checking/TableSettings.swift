import Postgres
import TimescaleDB

/// Whether new chunks will be as long and be compressed as on the source. What is copied keeps the source's ways.
struct TableSettings: ChecklistItem {
  let pairs: [HypertablePair]
  let source: [Int64: HypertableTraits]
  let target: [Int64: HypertableTraits]

  var findings: [CheckedFinding] {
    pairs.flatMap { pair -> [CheckedFinding] in
      guard let theirs = source[pair.source.id], let ours = target[pair.target.id] else { return [] }
      return (Self.sizes(theirs, ours) + Self.compression(theirs, ours)).map { level, fact in
        pair.finding(level, fact)
      }
    }
  }

  private static func sizes(
    _ theirs: HypertableTraits, _ ours: HypertableTraits
  ) -> [(CheckedFinding.Level, TableFinding.Fact)] {
    theirs.dimensions.sorted { $0.key.name < $1.key.name }.compactMap { column, size in
      guard let own = ours.dimensions[column], own.value != size.value else { return nil }
      return (.note, .dimensionSize(column: column, source: size, target: own))
    }
  }

  private static func compression(
    _ theirs: HypertableTraits, _ ours: HypertableTraits
  ) -> [(CheckedFinding.Level, TableFinding.Fact)] {
    guard let settings = theirs.compression else { return [] }
    guard let own = ours.compression else { return [(.warning, .compressionOff(settings))] }
    return own.isSame(as: settings) ? [] : [(.note, .compressionSettings(settings))]
  }
}
