import ChunkCatalog
import Postgres
import TimescaleDB

/// Which tasks of the queue `copy --again` and `verify` are asked for.
public struct TaskSelection: Sendable, Equatable {
  /// Tasks that are done are done again.
  public var again: Bool
  /// Of hypertables and continuous aggregates that this regular expression matches, as `Selection` has it.
  public var filter: String?
  /// Chunks that differed when they were last compared.
  public var onlyDiffering: Bool

  public init(again: Bool = false, filter: String? = nil, onlyDiffering: Bool = false) {
    self.again = again
    self.filter = filter
    self.onlyDiffering = onlyDiffering
  }

  /// Whether it leaves tasks out.
  var isNarrowed: Bool { filter != nil || onlyDiffering }

  /// - Returns: with the source's hypertables, where they had to be asked for.
  /// - Throws: `CommandFailure` for a filter that is no regular expression, or matches nothing; `PostgresError`.
  func scope(on source: borrowing Connection) throws -> (scope: Queue.Scope, hypertables: [Hypertable]?) {
    guard let filter else { return (Queue.Scope(onlyDiffering: onlyDiffering), nil) }
    let all = try Hypertable.all(on: source)
    let (chosen, _) = try Selection(filter: filter).some(of: all, on: source)
    return (Queue.Scope(hypertables: Set(chosen.map(\.name)), onlyDiffering: onlyDiffering), all)
  }
}

/// How thoroughly `verify` looks.
public enum Thoroughness: Sendable, Equatable {
  /// Every value of every chunk.
  case full
  /// Every value of some chunks, chosen at random; of all at most 100 percent.
  case sample(percent: Double)
  /// The number of rows of every chunk.
  case count
  /// What both sides' statistics say.
  case estimate

  /// Whether chunks that are equal are marked as verified.
  var marks: Bool {
    switch self {
    case .full, .sample: true
    case .count, .estimate: false
    }
  }
}
