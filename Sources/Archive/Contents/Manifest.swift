public import TimescaleDB

/// What an archive as a whole is about.
public struct Manifest: Sendable {
  /// Tells it from every other archive.
  public var id: String
  /// When it was begun, and what wrote it: for people.
  public var created: String
  public var program: String
  public var source: Source
  public var request: Request
  public var hypertables: [ArchivedHypertable]
  /// All files, in the order of work.
  public var files: [String]
  /// How many snapshots of the source the rows are of: each run that goes on with an archive has one of its own.
  public var snapshots: Int64

  /// The database that it is of.
  public struct Source: Sendable {
    public var address: String
    public var database: String
    public var user: String
    public var postgresVersion: String
    public var timescaleVersion: String
    public var encoding: String
    /// Where the extension's functions stand.
    public var schema: String
    public var fingerprint: Fingerprint

    public init(
      address: String, database: String, user: String, postgresVersion: String, timescaleVersion: String,
      encoding: String, schema: String, fingerprint: Fingerprint
    ) {
      self.address = address
      self.database = database
      self.user = user
      self.postgresVersion = postgresVersion
      self.timescaleVersion = timescaleVersion
      self.encoding = encoding
      self.schema = schema
      self.fingerprint = fingerprint
    }
  }

  /// What was asked for. A run that goes on with an archive has to ask for the same.
  public struct Request: Sendable, Equatable {
    /// As given, those for single relations with these.
    public var until: [String]
    public var from: String?
    public var filter: String?
    public var exclude: String?
    public var cascadeUp: Bool
    public var cascadeDown: Bool
    /// Compressed chunks are written as their rows, too.
    public var asRows: Bool

    public init(
      until: [String], from: String?, filter: String?, exclude: String?, cascadeUp: Bool, cascadeDown: Bool,
      asRows: Bool
    ) {
      self.until = until
      self.from = from
      self.filter = filter
      self.exclude = exclude
      self.cascadeUp = cascadeUp
      self.cascadeDown = cascadeDown
      self.asRows = asRows
    }
  }

  public init(
    id: String, created: String, program: String, source: Source, request: Request,
    hypertables: [ArchivedHypertable], files: [String], snapshots: Int64
  ) {
    self.id = id
    self.created = created
    self.program = program
    self.source = source
    self.request = request
    self.hypertables = hypertables
    self.files = files
    self.snapshots = snapshots
  }

  public static let file = "manifest.json"
}

/// A hypertable of the source, as the archive has it.
public struct ArchivedHypertable: Sendable {
  public var hypertable: Hypertable
  /// How long a chunk is in each dimension, as internal values; nil for one that isn't of time.
  public var intervals: [Int64?]
  public var columns: [Column]
  public var compresses: Bool
  /// What was exported of its time; nil where nothing was to be.
  public var window: Dimension.Range?
  /// The source has rows in object storage, which aren't exported.
  public var isTiered: Bool
  /// The query of a continuous aggregate, as the source's server writes it.
  public var definition: String?
  /// Up to where a continuous aggregate is materialised.
  public var watermark: Int64?

  public init(
    hypertable: Hypertable, intervals: [Int64?], columns: [Column], compresses: Bool,
    window: Dimension.Range?, isTiered: Bool, definition: String?, watermark: Int64?
  ) {
    self.hypertable = hypertable
    self.intervals = intervals
    self.columns = columns
    self.compresses = compresses
    self.window = window
    self.isTiered = isTiered
    self.definition = definition
    self.watermark = watermark
  }
}
