/// How many chunks are worked on at once.
public enum Parallelism: Sendable, Equatable {
  case fixed(Int)
  /// As many as the servers have use for, found by trying.
  case automatic

  /// Workers to begin with.
  var first: Int {
    switch self {
    case .fixed(let number): number
    case .automatic: 2
    }
  }
}
