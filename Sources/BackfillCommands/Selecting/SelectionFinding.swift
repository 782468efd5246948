import Postgres

/// An option that is a regular expression on names.
public enum SelectionOption: String, Sendable {
  case filter
  case exclude
}

/// What is found of the selection of hypertables.
public enum SelectionFinding: Sendable, Equatable {
  /// No regular expression, as the server says.
  case invalidExpression(SelectionOption, String, reason: String)
  case noHypertables
  /// --filter matches nothing.
  case nothingMatches
  /// --filter matches hypertables, and no continuous aggregate.
  case noAggregateMatches
  /// --exclude takes nothing out of what is selected.
  case nothingExcluded
  /// --exclude takes everything out.
  case everythingExcluded
}

extension SelectionFinding: FindingFacts {
  var code: String {
    switch self {
    case .invalidExpression(.filter, _, _): "invalid-filter"
    case .invalidExpression(.exclude, _, _): "invalid-exclusion"
    case .noHypertables: "no-hypertables"
    case .nothingMatches: "filter-matches-nothing"
    case .noAggregateMatches: "filter-matches-no-aggregate"
    case .nothingExcluded: "nothing-excluded"
    case .everythingExcluded: "everything-excluded"
    }
  }

  var side: Side? {
    if case .invalidExpression = self { nil } else { .source }
  }
}
