internal import Postgres
public import TimescaleDB

/// What wrote a chunk's batches, as far as it decides where they mean the same. It is told with each chunk: the source may
/// have been upgraded between two runs that wrote one archive.
public struct BatchOrigin: Sendable, Equatable {
  public let timescaleVersion: String
  public let postgresVersion: String
  public let encoding: String
  /// `Installation.defaultCollation`.
  public let defaultCollation: String
  /// `Installation.bloomHash`.
  public let bloomHash: String?

  public init(
    timescaleVersion: String, postgresVersion: String, encoding: String, defaultCollation: String,
    bloomHash: String?
  ) {
    self.timescaleVersion = timescaleVersion
    self.postgresVersion = postgresVersion
    self.encoding = encoding
    self.defaultCollation = defaultCollation
    self.bloomHash = bloomHash
  }

  public init(_ source: Installation) {
    self.init(
      timescaleVersion: source.capabilities.version.description, postgresVersion: source.server.description,
      encoding: source.encoding, defaultCollation: source.defaultCollation, bloomHash: source.bloomHash)
  }

  /// Whether the target's TimescaleDB knows all that is in the batches, on a PostgreSQL that isn't older: what copy
  /// demands of two servers, too.
  public func isReadable(by target: Installation) -> Bool {
    guard let theirs = Self.major(postgresVersion), let ours = Self.major(target.server.description) else {
      return false
    }
    return timescaleVersion == target.capabilities.version.description && theirs <= ours
  }

  /// Texts are sorted alike where nothing else is said.
  public func sortsAs(_ target: Installation) -> Bool { defaultCollation == target.defaultCollation }

  /// Bloom filters mean the same: both hash alike, and the same bytes.
  public func hashesAs(_ target: Installation) -> Bool {
    bloomHash == target.bloomHash && encoding == target.encoding
  }

  private static func major(_ version: String) -> Int? { Int(version.prefix { ("0"..."9").contains($0) }) }
}
