import TimescaleDB

/// What an earlier run, or a person, has made of the target, decided without a database.
enum TargetState: Equatable {
  /// Nothing of what is to be made is there.
  case empty
  /// All of it is there, and the restore isn't ended.
  case restored
  /// All of it is there, for good.
  case complete
  /// Some of it is there.
  case occupied([SchemaObject])
  /// Nothing of it, but TimescaleDB's catalog has entries.
  case catalogOccupied

  /// - Parameters:
  ///   - wanted: the source's.
  ///   - present: the target's.
  ///   - counts: of TimescaleDB's catalogs; the target's is empty where it has no extension.
  ///   - isRestoring: the target was left in restore mode.
  init(
    wanted: Set<SchemaObject>, present: Set<SchemaObject>,
    counts: (source: CatalogCounts, target: CatalogCounts), isRestoring: Bool
  ) {
    let common = wanted.intersection(present)
    if !wanted.isEmpty, common == wanted, counts.target == counts.source {
      self = isRestoring ? .restored : .complete
      return
    }
    let named = common.filter { !$0.kind.belongsToTable }
    if !named.isEmpty {
      self = .occupied(named.sorted())
    } else {
      self = counts.target.isEmpty ? .empty : .catalogOccupied
    }
  }

  /// Where TimescaleDB's catalog isn't restored, what is in it already is in nobody's way.
  init(wanted: Set<SchemaObject>, present: Set<SchemaObject>) {
    let named = wanted.filter { !$0.kind.belongsToTable }
    let common = named.intersection(present)
    self = common.isEmpty ? .empty : common == named ? .complete : .occupied(common.sorted())
  }
}
