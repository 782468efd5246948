public import Archive
public import Postgres

/// What is found of an archive, while it is written or read.
public enum ArchiveFinding: Sendable, Equatable {
  case fault(directory: String, ArchiveFault)
  /// No room is left; so many files are still to be written.
  case full(directory: String, reason: String, remaining: Int)
  /// It is of another database.
  case otherSource(directory: String)
  /// It was begun with other options for what is exported.
  case otherRequest(directory: String, options: String)
  /// Its rows are of so many states of the source.
  case severalSnapshots(directory: String, count: Int)
  /// The process whose snapshot all read is gone, or its session is.
  case snapshotLost(directory: String)
  /// Not all files that it is to have are there.
  case unfinished(directory: String, files: Int, missing: Int)
  /// The queue has tasks that aren't this archive's.
  case otherQueue(directory: String)
  /// What its files hold overlaps.
  case overlapping(directory: String)
  /// Nothing of it is on the target yet.
  case notImported(directory: String)
  /// Hypertables of the target that were dropped and made again after rows of it were imported into them. `isMended`: this
  /// run imports them again.
  case remade(directory: String, [QualifiedName], isMended: Bool)
  /// It has so many chunks as batches, which servers of other versions have written than the target's.
  case otherVersions(directory: String, chunks: Int, source: Versions, target: Versions)

  public struct Versions: Sendable, Equatable {
    public var timescale: String
    public var postgres: String

    public init(timescale: String, postgres: String) {
      self.timescale = timescale
      self.postgres = postgres
    }
  }
}

extension ArchiveFinding: FindingFacts {
  var code: String {
    switch self {
    case .fault(_, let fault): fault.code
    case .full: "disk-full"
    case .otherSource: "archive-of-other-source"
    case .otherRequest: "archive-of-other-options"
    case .severalSnapshots: "several-snapshots"
    case .snapshotLost: "snapshot-lost"
    case .unfinished: "archive-unfinished"
    case .otherQueue: "queue-of-other-origin"
    case .overlapping: "archive-overlaps"
    case .notImported: "nothing-imported"
    case .remade: "imported-and-dropped"
    case .otherVersions: "archive-of-other-versions"
    }
  }

  var object: String? {
    switch self {
    case .fault(let directory, _), .full(let directory, _, _), .otherSource(let directory),
      .otherRequest(let directory, _), .severalSnapshots(let directory, _), .snapshotLost(let directory),
      .unfinished(let directory, _, _), .otherQueue(let directory), .overlapping(let directory),
      .notImported(let directory), .remade(let directory, _, _), .otherVersions(let directory, _, _, _):
      directory
    }
  }
}

extension ArchiveFault {
  /// What kind of fault it is, for programs. A code never changes its meaning.
  public var code: String {
    switch self {
    case .refused: "archive-not-accessible"
    case .full: "disk-full"
    case .missing: "archive-file-missing"
    case .otherBytes, .undecodable: "archive-file-damaged"
    case .unreadable(_, .otherFormat): "archive-format-unknown"
    case .unreadable: "archive-text-damaged"
    case .exchanged, .otherArchive: "archive-file-exchanged"
    case .columns: "archive-columns-differ"
    case .rows: "archive-rows-differ"
    case .outOfMemory: "out-of-memory"
    }
  }
}
