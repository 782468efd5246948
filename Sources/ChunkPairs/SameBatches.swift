internal import Postgres
public import TimescaleDB

extension ChunkDescription {
  /// Batches that are older than a column hold nothing for it: what is read then stands with the chunk's relation, and
  /// where the target's has something else there, the same tuples would read differently (run on 2.14 to 2.29).
  public func hasSameMissingValues(as other: ChunkDescription) -> Bool {
    let own = Dictionary(columns.map { ($0.name, $0.missingValue) }, uniquingKeysWith: { first, _ in first })
    return other.columns.allSatisfy { (own[$0.name] ?? nil).hasSameBytes(as: $0.missingValue) }
  }

  /// Whether the batches mean the same in another database.
  public var hasPortableBatches: Bool { columns.allSatisfy(\.hasPortableBatches) }
}

extension ChunkDescription.CompressedRelation {
  /// Whether tuples of one can be put into the other as they are. The settings have to be looked at beside the
  /// columns: metadata columns are called the same whatever the chunk is ordered by.
  public func holdsSameTuples(as other: Self) -> Bool {
    guard settings.hasSameBytes(as: other.settings), columns.count == other.columns.count else {
      return false
    }
    let types = Dictionary(columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    return other.columns.allSatisfy { types[$0.name].hasSameBytes(as: $0.type) }
  }
}
