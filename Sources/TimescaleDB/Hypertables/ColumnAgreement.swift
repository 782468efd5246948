/// Which columns of two relations belong together: those with the same name. Their order, dropped columns and attribute
/// numbers don't count.
public struct ColumnAgreement: Sendable {
  /// The columns that both sides have, in the source's order.
  public let pairs: [(source: Column, target: Column)]
  /// Empty where rows of one relation are rows of the other.
  public let differences: [Difference]

  public enum Difference: Sendable, Equatable {
    case onlyOnSource(Column)
    case onlyOnTarget(Column)
    case types(source: Column, target: Column)
  }

  public init(source: [Column], target: [Column]) {
    let twins = Dictionary(target.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = Set(source.map(\.name))
    pairs = source.compactMap { column in twins[column.name].map { (column, $0) } }
    differences =
      source.compactMap { column in
        guard let twin = twins[column.name] else { return .onlyOnSource(column) }
        return twin.hasSameType(as: column) ? nil : .types(source: column, target: twin)
      } + target.filter { !names.contains($0.name) }.map { .onlyOnTarget($0) }
  }
}
