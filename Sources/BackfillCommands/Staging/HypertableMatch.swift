import Postgres
import TimescaleDB

/// The selected hypertables beside their counterparts: by name, and continuous aggregates by their view's name.
struct HypertableMatch: ChecklistItem {
  /// Those of the source.
  let chosen: [Hypertable]
  /// Those that are on both sides, with the same dimensions.
  private(set) var pairs: [HypertablePair] = []
  private(set) var missing: [MissingRelation] = []
  private(set) var differences: [HypertableDifference] = []
  /// The target has no hypertable at all.
  let isTargetEmpty: Bool
  /// What both sides' hypertables are like, by their ids.
  let sourceColumns: [Int64: RelationColumns]
  let targetColumns: [Int64: RelationColumns]

  /// - Throws: `PostgresError`.
  static func find(
    _ chosen: [Hypertable], _ databases: borrowing Databases
  ) throws(PostgresError) -> HypertableMatch {
    let targets = try Hypertable.all(on: databases.target)
    let known = Set(chosen.map(\.knownName))
    return HypertableMatch(
      chosen, targets,
      sourceColumns: try RelationColumns.all(
        of: chosen, capabilities: databases.sourceInstallation.capabilities, on: databases.source),
      targetColumns: try RelationColumns.all(
        of: targets.filter { known.contains($0.knownName) },
        capabilities: databases.targetInstallation.capabilities, on: databases.target))
  }

  init(
    _ chosen: [Hypertable], _ targets: [Hypertable], sourceColumns: [Int64: RelationColumns],
    targetColumns: [Int64: RelationColumns]
  ) {
    self.chosen = chosen
    self.sourceColumns = sourceColumns
    self.targetColumns = targetColumns
    isTargetEmpty = targets.isEmpty
    let known = Dictionary(targets.map { ($0.knownName, $0) }, uniquingKeysWith: { first, _ in first })
    for source in chosen {
      if let target = known[source.knownName], target.isMatch(for: source) {
        add(source, target)
      } else {
        missing.append(MissingRelation(name: source.knownName, isAggregate: source.aggregate != nil))
      }
    }
  }

  private mutating func add(_ source: Hypertable, _ target: Hypertable) {
    let (theirs, ours) = (sourceColumns[source.id], targetColumns[target.id])
    var facts = RelationColumns.differences(theirs?.columns ?? [], ours?.columns ?? [])
    if let order = HypertablePair.order(of: source, on: target) {
      pairs.append(
        HypertablePair(
          source: source, target: target, order: order, compresses: ours?.compresses ?? false,
          textColumns: RelationColumns.names(theirs, ours) { !$0.hasPortableBinaryForm },
          unbatchableColumns: RelationColumns.names(theirs, nil) { !$0.hasPortableBatches }))
    } else {
      facts.append(.dimensions)
    }
    differences += facts.map { HypertableDifference(hypertable: source.knownName, fact: $0) }
  }

  var findings: [CheckedFinding] {
    let found: [SchemaFinding?] = [
      missing.isEmpty ? nil : .missing(missing), differences.isEmpty ? nil : .hypertablesDiffer(differences),
    ]
    return found.compactMap { $0.map { .init(.stop, .schema($0)) } }
  }
}
