import BackfillCommands
import JSONValues

extension Outcome {
  /// The subcommand's members of the document; none where it failed as a whole.
  var members: [JSON.Member] {
    switch self {
    case .checked(let result): result.members
    case .moved(let result): result.members
    case .staged(let result): result.members
    case .copied(let result): result.members
    case .verified(let result): result.members
    case .cleaned(let result): result.members
    case .refreshed(let result): result.members
    case .stated(let result): result.members
    case .reported(let result): result.members
    case .jobs(let result): result.members
    case .exported(let result): result.members
    case .imported(let result): result.members
    case .loaded(let result): result.members
    case .failed: []
    }
  }
}
