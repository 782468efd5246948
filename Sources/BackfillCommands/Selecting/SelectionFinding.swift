import Postgres

/// What is found of the selection of hypertables.
public enum SelectionFinding: Sendable, Equatable {
  /// --filter is no regular expression, as the server says.
  case invalidFilter(String, reason: String)
  case noHypertables
  /// --filter matches nothing.
  case nothingMatches
  /// --filter matches hypertables, and no continuous aggregate.
  case noAggregateMatches
}

extension SelectionFinding: FindingFacts {
  var code: String {
    switch self {
    case .invalidFilter: "invalid-filter"
    case .noHypertables: "no-hypertables"
    case .nothingMatches: "filter-matches-nothing"
    case .noAggregateMatches: "filter-matches-no-aggregate"
    }
  }

  var side: Side? {
    if case .invalidFilter = self { nil } else { .source }
  }
}
