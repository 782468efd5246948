public import ChunkCatalog
public import Postgres

/// What `stage` did, or would do.
public struct StageResult: Sendable {
  /// Nothing was written.
  public var isDryRun = false
  /// Everything that was selected, by name.
  public var relations: [StagedRelation] = []
  /// Chunks (and parts of chunks) newly put into the queue.
  public var staged = 0
  /// Chunks that the queue had already.
  public var alreadyStaged = 0
  /// Chunks whose uncopied tasks of an earlier staging were taken out.
  public var replaced = 0
  /// Large chunks that were cut, and into how many of the staged tasks.
  public var splitChunks = 0
  public var parts = 0
  /// That have something to be copied in the window.
  public var hypertables = 0
  /// Chunks made on the target.
  public var createdChunks = 0
  public var duration: Duration = .zero
  /// Chunks that the staged tasks are about: one in parts has several.
  public var stagedChunks: Int { staged - parts + splitChunks }

  public init() {}
}

/// A chunk whose task something has locked that is no living run.
public struct HeldChunk: Sendable, Equatable {
  public var chunk: QualifiedName
  public var holder: LockOwner

  public init(chunk: QualifiedName, holder: LockOwner) {
    self.chunk = chunk
    self.holder = holder
  }
}

/// What a run left in the queue of the kind of work it does, the chunks that failed or differ included.
public struct RestOfWork: Sendable, Equatable {
  /// Tasks that are still to be done, by the run's end.
  public var remaining = 0
  /// Of these, tasks that other living runs are working on.
  public var withOthers = 0
  public var held: [HeldChunk] = []

  public init(remaining: Int = 0, withOthers: Int = 0, held: [HeldChunk] = []) {
    self.remaining = remaining
    self.withOthers = withOthers
    self.held = held
  }

  init(_ open: OpenTasks, remaining: Int) {
    self.init(remaining: remaining, withOthers: open.withOthers, held: open.held)
  }

  /// Tasks that nobody does, besides those that the run tried and gave up.
  public func unattended(givenUp: Int) -> Int { max(0, remaining - withOthers - givenUp) }
}

/// What `copy` did.
public struct CopyResult: Sendable {
  public var chunks = 0
  /// Chunks that are gone from the source; nothing was copied for them.
  public var skipped = 0
  public var rows: Int64 = 0
  public var bytes: Int64 = 0
  public var failures: [FailedChunk] = []
  public var rest = RestOfWork()
  public var again = Repetition.Result()
  /// How many chunks had been copied before, where there was nothing left to do; else nil.
  public var doneBefore: Int?
  /// What the source has in the staged windows without a task.
  public var unstaged: [UnstagedChunks] = []
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}

/// What `verify` found.
public struct VerifyResult: Sendable {
  /// The directory of the archive that was compared with; nil where it was a source.
  public var archive: String?
  public var thoroughness = Thoroughness.full
  public var verified = 0
  /// Chunks with as many rows on both sides, whose values weren't looked at.
  public var counted = 0
  /// What statistics say, where no more was asked for.
  public var estimates: Estimates?
  /// Of how many chunks those that were looked at are a sample; nil where they aren't one.
  public var sampled: (chunks: Int, all: Int)?
  public var again = Repetition.Result()
  /// What was asked for left out chunks that may be unverified.
  public var isNarrowed = false
  public var differing = 0
  /// The chunks that differ.
  public var differences: [FinishedChunk] = []
  public var rows: Int64 = 0
  public var failures: [FailedChunk] = []
  public var rest = RestOfWork()
  /// Where there was nothing left to verify: how many tasks had been verified, and how many aren't copied yet; else nil.
  public var doneBefore: (verified: Int, uncopied: Int)?
  /// What the source has in the staged windows without a task.
  public var unstaged: [UnstagedChunks] = []
  /// What only the target has in the staged windows, beside all tasks.
  public var strays: [StrayRows] = []
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}

/// What `clean` removed.
public struct CleanResult: Sendable {
  /// nil when there was no queue.
  public var removedTasks: Int?
  /// Loads of files, of which it is no longer known what is in.
  public var removedLoads = 0
  /// Of those, tasks that had not been copied yet.
  public var uncopiedTasks = 0
  /// Chunks that got back what they went without while their parts were copied.
  public var restoredChunks = 0
  /// Jobs that are still recorded as turned off.
  public var recordedJobs = 0

  public init() {}
}

/// A continuous aggregate that could not be refreshed.
public struct FailedAggregate: Sendable {
  public var view: QualifiedName
  public var reason: RefreshFinding
}

/// What `refresh-caggs` did.
public struct RefreshResult: Sendable {
  public var refreshed = 0
  /// Aggregates that were up to date already.
  public var upToDate = 0
  /// Those that were refreshed, and those that needed nothing, in the order of work.
  public var aggregates: [RefreshedAggregate] = []
  public var failures: [FailedAggregate] = []
  /// Where nothing was refreshed, but watermarks were written to a file.
  public var written: (path: String, aggregates: Int)?
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}
