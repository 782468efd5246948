import Postgres

/// Spreads the first runs of jobs over a time, so that they don't begin together: all that would run within it begin at
/// equal distances, in the order of their numbers. A job that is to run later is left as it is.
struct Stagger {
  let span: Duration

  /// - Parameters:
  ///   - nextStarts: when each job would run, in the order of the jobs' numbers; nil for at once.
  ///   - now: by the server's clock.
  /// - Returns: how long each is put off from now; nil for those that are left.
  func delays(_ nextStarts: [Timestamp?], now: Timestamp) -> [Duration?] {
    let end = now.advanced(by: span)
    let isDue = nextStarts.map { next in next.map { $0 <= end } ?? true }
    let count = isDue.count { $0 }
    var number = 0
    return isDue.map { isDue in
      guard isDue else { return nil }
      defer { number += 1 }
      return span * number / count
    }
  }
}
