/// "Did you mean": the known word nearest to a mistyped one.
enum Spelling {
  /// The nearest of `candidates`, if it is near enough to be a slip of the finger rather than another word,
  /// or the only one that `word` begins.
  static func suggestion(for word: String, among candidates: [String]) -> String? {
    // Longer than anything we know by far: not a slip, and not worth a quadratic comparison.
    guard !word.isEmpty, word.utf8.count <= 40 else { return nil }
    let lowered = word.lowercased()
    let begun = candidates.filter { $0.hasPrefix(lowered) }
    if lowered.count >= 2, begun.count == 1 { return begun.first }
    let near = candidates.map { (candidate: $0, distance: distance(lowered, $0)) }
      .min { $0.distance < $1.distance }
    guard let near, near.distance <= max(1, near.candidate.count / 3) else { return nil }
    return near.distance < near.candidate.count ? near.candidate : nil
  }

  /// Damerau-Levenshtein in its "optimal string alignment" form: insertions, deletions, replacements and
  /// swaps of neighbours, each at the price of 1.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(last[column + 1] + 1, current[column] + 1, replaced)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last.last ?? 0
  }
}
