/// What both sides hold of a case, and what is wrong with that.
struct MatrixComparison {
  struct Task {
    var chunk: String
    var isCopied: Bool
    var isVerified: Bool
    var message: String
    var verifyMessage: String
  }

  let matrixCase: MatrixCase
  let source: MatrixFacts
  let target: MatrixFacts
  let invalidationsBefore: [[String?]]
  let tasks: [Task]
  /// Whether what happened between staging and copying lies just behind.
  let isFirst: Bool

  var differences: [String] {
    taskDifferences + chunkDifferences + Self.differences(source.answers, target.answers)
  }

  private var taskDifferences: [String] {
    var found = tasks.isEmpty ? ["nothing was staged"] : []
    for task in tasks where !task.isCopied || !task.isVerified {
      found.append(
        "\(task.chunk) is \(task.isCopied ? "" : "not ")copied, \(task.isVerified ? "" : "not ")verified: "
          + "\(task.message) / \(task.verifyMessage)")
    }
    if isFirst, let remark = matrixCase.remark, !tasks.contains(where: { $0.message.contains(remark) }) {
      found.append("no task says \"\(remark)\" but \(tasks.map(\.message))")
    }
    return found
  }

  /// How the target's chunks are not as they are expected to be.
  var chunkDifferences: [String] {
    let expected: [MatrixFacts.Chunk]
    var actual = target.chunks
    switch matrixCase.expected {
    case .asOnSource: expected = source.chunks
    case .asOnSourceButRecompressed:
      expected = source.chunks.map(\.recompressed)
      actual = actual.map(\.recompressed)
    case .asOnSourceOrOrdered:
      expected = source.chunks.map(\.ordered)
      actual = actual.map(\.ordered)
    case .uncompressed:
      expected = source.chunks.map { .init(table: $0.table, slices: $0.slices, status: 0) }
      actual = actual.map(\.withoutCounts)
    case .otherwise: return []
    }
    guard expected != actual else { return [] }
    let missing = expected.filter { !actual.contains($0) }
    let extra = actual.filter { !expected.contains($0) }
    return ["expected chunks \(missing.map(\.description)), found \(extra.map(\.description))"]
  }

  typealias Answer = (query: String, rows: [[String?]])

  static func differences(_ source: [Answer], _ target: [Answer]) -> [String] {
    zip(source, target).compactMap { theirs, ours in
      guard theirs.rows != ours.rows else { return nil }
      return
        "\(shown(theirs.rows)) on the source, \(shown(ours.rows)) on the target: \(theirs.query)"
    }
  }

  /// What copying wrote to the invalidation log.
  var invalidationDifferences: [String] {
    guard target.invalidations != invalidationsBefore else { return [] }
    return [
      "invalidation log: \(Self.shown(target.invalidations)), before \(Self.shown(invalidationsBefore))"
    ]
  }

  private static func shown(_ rows: [[String?]]) -> String {
    let lines = rows.map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }
    return "[\(lines.prefix(4).joined(separator: ", "))\(lines.count > 4 ? ", ... \(lines.count) rows" : "")]"
  }
}

extension MatrixFacts.Chunk: CustomStringConvertible {
  var withoutCounts: Self { .init(table: table, slices: slices, status: status) }

  var recompressed: Self { .init(table: table, slices: slices, status: status & 5) }

  var ordered: Self { .init(table: table, slices: slices, status: status & ~2) }

  var description: String {
    "\(table) \(slices) status \(status), \(batches ?? "no") batches, \(rows ?? "?") rows"
  }
}
