import TimescaleDB

/// What depends on what: continuous aggregates on hypertables and on each other.
struct HypertableGraph {
  let hypertables: [Hypertable]

  /// The matches with everything that the cascades add. Both cascades start from the matches, so asking for both
  /// doesn't add the siblings of what was added.
  func closure(of matches: Set<Int64>, up: Bool, down: Bool) -> Set<Int64> {
    var result = matches
    if up { result.formUnion(reached(from: matches) { dependents(of: $0) }) }
    if down { result.formUnion(reached(from: matches) { dependencies(of: $0) }) }
    return result
  }

  private func dependents(of id: Int64) -> [Int64] {
    hypertables.filter { $0.rawHypertableID == id }.map(\.id)
  }

  private func dependencies(of id: Int64) -> [Int64] {
    hypertables.filter { $0.id == id }.compactMap(\.rawHypertableID)
  }

  private func reached(from start: Set<Int64>, next: (Int64) -> [Int64]) -> Set<Int64> {
    var reached = start
    var frontier = Array(start)
    while let id = frontier.popLast() {
      for neighbour in next(id) where reached.insert(neighbour).inserted { frontier.append(neighbour) }
    }
    return reached
  }
}
