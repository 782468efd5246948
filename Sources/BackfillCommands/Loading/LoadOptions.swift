public import Loading

/// An input of `load`.
public struct LoadFile: Sendable, Equatable {
  /// `-` is standard input.
  public var path: String
  /// How messages call it as long as it isn't known to be a file: a slip may have put a part of a password there.
  public var shown: String

  public init(_ path: String, shown: String? = nil) {
    self.path = path
    self.shown = shown ?? path
  }
}

/// What `load` is asked for.
public struct LoadOptions: Sendable {
  /// What becomes of a record whose row is there already, by a unique index.
  public enum ConflictPolicy: String, Sendable, CaseIterable {
    case error
    case skip
    case update
  }

  /// What becomes of a record that the server refuses.
  public enum ErrorPolicy: Sendable, Equatable {
    case stop
    case skip
    /// It goes into this file.
    case reject(String)
  }

  /// As SQL writes it: `readings`, `public.readings`, `public."Readings"`.
  public var table: String
  public var files: [LoadFile]
  public var format = RecordFormat()
  /// nil: those that the header names, or all that aren't generated.
  public var columns: [String]?
  public var hasHeader = false
  public var until: String?
  public var from: String?
  /// The target's rows in the window go first.
  public var replaces = false
  public var conflicts = ConflictPolicy.error
  public var errors = ErrorPolicy.stop
  public var parallelism = Parallelism.fixed(4)
  /// Bytes.
  public var batchSize = Self.defaultBatchSize
  /// Forgets what is known of earlier loads of these files.
  public var isAgain = false
  /// How long a server that is away is waited for.
  public var retryBudget = Duration.seconds(300)

  public static let defaultBatchSize = 4 << 20

  public init(table: String, files: [LoadFile]) {
    self.table = table
    self.files = files
  }
}
