public import Postgres

/// One end of the window.
public enum WindowOption: String, Sendable {
  case from
  case until
}

/// What is found of `--from` and `--until`.
public enum TimeFinding: Sendable, Equatable {
  /// Neither a time nor an integer.
  case unreadable(WindowOption, String)
  /// A word in it means another time at every run.
  case relative(WindowOption, word: String)
  /// No point of time.
  case infinite(WindowOption, String)
  /// --from isn't before --until. `same` is what both are read as, where that is why.
  case reversed(same: TimeReading?)
  /// The time of these hypertables is of a type that the values can't be read as.
  case incomparable(from: String?, until: String, [IncomparableTime])
  /// The same, where others can be compared with them: these hypertables are left out.
  case leftOut(from: String?, until: String, [IncomparableTime])
  /// --until has times for these, which aren't among what is selected.
  case unknownRelations([String])
  /// --until hasn't come yet.
  case future(until: String)
  /// The type drops or converts a part of what was given.
  case read(WindowOption, String, TimeReading)
  /// No chunk has a part in the window.
  case emptyWindow(from: String?, until: String, chunks: [ChunkExtent])
}

/// A value as a type of time reads it.
public struct TimeReading: Sendable, Equatable {
  public var text: String
  public var type: String
}

/// A hypertable whose time isn't of a type that can be compared.
public struct IncomparableTime: Sendable, Equatable {
  public enum Time: Sendable, Equatable {
    case none
    /// A column of a type that this program doesn't know.
    case column(Identifier, type: String)
    case type(String)
  }

  public var hypertable: QualifiedName
  public var time: Time
}

/// The time that a hypertable's chunks cover.
public struct ChunkExtent: Sendable, Equatable {
  public var hypertable: QualifiedName
  public var from: TimeText
  public var to: TimeText
}

/// A bound of time as the server writes it.
public enum TimeText: Sendable, Equatable {
  case beginning
  case time(String)
  case end
}

extension TimeFinding: FindingFacts {
  var code: String {
    switch self {
    case .unreadable: "unreadable-time"
    case .relative: "relative-time"
    case .infinite: "infinite-time"
    case .reversed: "from-not-before-until"
    case .incomparable: "incomparable-time"
    case .leftOut: "left-out-by-time-type"
    case .unknownRelations: "until-for-unknown-relation"
    case .future: "until-in-future"
    case .read: "time-converted"
    case .emptyWindow: "empty-window"
    }
  }

  var side: Side? {
    switch self {
    case .incomparable, .leftOut, .emptyWindow: .source
    default: nil
    }
  }

  var object: String? {
    switch self {
    case .incomparable(_, _, let times) where times.count == 1,
      .leftOut(_, _, let times) where times.count == 1:
      times[0].hypertable.description
    case .emptyWindow(_, _, let chunks) where chunks.count == 1: chunks[0].hypertable.description
    default: nil
    }
  }
}
