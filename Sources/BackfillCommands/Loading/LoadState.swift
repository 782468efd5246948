import ChunkCatalog
import Postgres
import Synchronization

/// How far a load is, told by its workers.
final class LoadState: Sendable {
  private struct Values {
    var outcome = LoadMark.Outcome()
    var bytes: Int64 = 0
    var batches = 0
    var failure: LoadFailure?
    var badRecords = 0
    /// When trouble was last told of.
    var told: ContinuousClock.Instant?
  }

  private let values = Mutex(Values())

  /// Bad records that are told one by one.
  private static let toldBadRecords = 10

  var outcome: LoadMark.Outcome { values.withLock { $0.outcome } }
  var bytes: Int64 { values.withLock { $0.bytes } }
  var batches: Int { values.withLock { $0.batches } }
  /// The first reason why the load can't come to its end.
  var failure: LoadFailure? { values.withLock { $0.failure } }

  func add(_ mark: LoadMark) {
    values.withLock {
      $0.outcome += mark.outcome
      $0.bytes += Int64(mark.bytes.count)
      $0.batches += 1
    }
  }

  func fail(_ failure: LoadFailure) { values.withLock { $0.failure = $0.failure ?? failure } }

  func stop() { fail(.stopped) }

  func tell(_ record: BadRecord, _ reporter: any Reporter) {
    let number = values.withLock { values in
      values.badRecords += 1
      return values.badRecords
    }
    if number <= Self.toldBadRecords { reporter.report(.warning(.load(.badRecord(record)))) }
    if number == Self.toldBadRecords { reporter.report(.note(.load(.furtherBadRecords))) }
  }

  /// Once in a while: all workers lose their sessions at once.
  func tellTrouble(_ error: PostgresError, _ reporter: any Reporter) {
    let isNew = values.withLock { values -> Bool in
      let isNew = values.told.map { $0 + .seconds(10) < .now } ?? true
      if isNew { values.told = .now }
      return isNew
    }
    if isNew { reporter.report(.warning(.work(.retrying(error)))) }
  }
}
