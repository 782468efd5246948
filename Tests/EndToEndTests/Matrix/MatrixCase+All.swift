import Foundation

extension MatrixCase {
  /// Every case, or those that BACKFILL_TEST_CASES names, for quick runs while developing.
  static let all: [MatrixCase] = {
    let wanted = (ProcessInfo.processInfo.environment["BACKFILL_TEST_CASES"] ?? "").split(separator: " ")
    let known = stored
    return wanted.isEmpty ? known : known.filter { wanted.contains(Substring($0.name)) }
  }()

  private static let stored: [MatrixCase] = [
    storage, settings, columns, [uuids], chosenIndexes, hypertables, changes, boundaries, aggregates,
  ].flatMap { $0 }
}
