public import ChunkCatalog
public import Postgres

/// What `status` tells.
public struct StatusResult: Sendable {
  public var database: ConnectedDatabase
  /// The server's clock.
  public var now: Timestamp
  public var queue: QueuePresence
  /// By name.
  public var hypertables: [HypertableStatus] = []
  /// Of all hypertables together.
  public var progress = QueueProgress()
  /// What is going on, then what ended, the newest first.
  public var runs: [RunStatus] = []
  /// Failed and differing tasks, in the order of work; not more than `QueueStatus.taskLimit` of each.
  public var failures: [TaskTrouble] = []
  public var deferred: [DeferredStatus] = []
  /// What is dead or stuck.
  public var troubles: [StatusTrouble] = []
  /// How fast it goes; nil where nothing is going on, or too little was done to tell.
  public var pace: Pace?
  public var verdict: Verdict = .done
  /// nil where there is nothing to do but wait.
  public var next: NextStep?
  /// `import` staged the queue: what is left is done by the commands that read the archive.
  public var isOfArchive = false
  /// Jobs that `jobs off` has turned off and that aren't on again; nil where the role may not see that.
  public var recordedJobs: Int?
  /// What the role can't see.
  public var notes: [StatusFinding] = []

  public enum QueuePresence: Sendable, Equatable {
    case absent
    case empty
    case present
  }

  /// What it comes to; the exit code follows from it.
  public enum Verdict: String, Sendable {
    /// All is copied and verified, or nothing is staged.
    case done
    /// Tasks failed.
    case failed
    /// Tasks differ from the source.
    case differs
    /// A run is going on.
    case running
    /// Work is left, and nobody is on it.
    case waiting
  }

  public init(database: ConnectedDatabase, now: Timestamp, queue: QueuePresence) {
    self.database = database
    self.now = now
    self.queue = queue
  }

  /// Whether a run is going on.
  public var isRunning: Bool { runs.contains { $0.state == .running } }
}

/// How much of something is done.
public struct QueueProgress: Sendable, Equatable {
  public var tasks = HypertableProgress.Done()
  public var chunks = HypertableProgress.Done()
  public var failed = 0
  public var differing = 0
  /// What copied tasks had.
  public var copiedRows: Int64 = 0
  public var copiedBytes: Int64 = 0
  /// All bytes that will have been copied, by what staging expected and what was found of it since; nil where a task's
  /// size isn't known.
  public var allBytes: Int64?
  /// Bytes that were copied and aren't verified.
  public var unverifiedBytes: Int64 = 0

  public init() {}
}

public struct HypertableStatus: Sendable, Equatable {
  /// The hypertable, or the continuous aggregate.
  public var name: QualifiedName
  public var progress: QueueProgress

  public init(name: QualifiedName, progress: QueueProgress) {
    self.name = name
    self.progress = progress
  }
}

/// How fast work has been lately, and how long the rest takes if it goes on so.
public struct Pace: Sendable, Equatable {
  public enum Work: Sendable {
    case copying
    case verifying
  }

  /// What the time left rests on.
  public enum Basis: String, Sendable {
    /// The bytes that are left.
    case bytes
    /// The number of tasks, as nobody knows their sizes.
    case tasks
  }

  public var work: Work
  /// What was looked at.
  public var window: Duration
  public var bytesPerSecond: Double
  /// nil where too little was done to tell.
  public var left: Duration?
  public var basis: Basis

  public init(work: Work, window: Duration, bytesPerSecond: Double, left: Duration?, basis: Basis) {
    self.work = work
    self.window = window
    self.bytesPerSecond = bytesPerSecond
    self.left = left
    self.basis = basis
  }
}

/// A task as a person knows it: the hypertable and the time beside the chunk.
public struct TaskPlace: Sendable, Equatable {
  public var priority: Int64
  /// On the source.
  public var chunk: QualifiedName
  public var place: ChunkPlace
  public var part: NotableTask.Part?

  public init(
    priority: Int64, chunk: QualifiedName, place: ChunkPlace, part: NotableTask.Part? = nil
  ) {
    self.priority = priority
    self.chunk = chunk
    self.place = place
    self.part = part
  }
}

/// A task that failed or differs.
public struct TaskTrouble: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case failed
    case differs
  }

  public var kind: Kind
  public var task: TaskPlace
  /// The error, or what differs.
  public var message: String
  public var attempts: Int64
  public var at: Timestamp?

  public init(kind: Kind, task: TaskPlace, message: String, attempts: Int64, at: Timestamp?) {
    self.kind = kind
    self.task = task
    self.message = message
    self.attempts = attempts
    self.at = at
  }
}

/// What a chunk in parts lacks until the last of them is copied.
public struct DeferredStatus: Sendable, Equatable {
  public var hypertable: QualifiedName
  public var work: DeferredWork

  public init(hypertable: QualifiedName, work: DeferredWork) {
    self.hypertable = hypertable
    self.work = work
  }
}

/// A run, and what it is doing.
public struct RunStatus: Sendable, Equatable {
  public enum State: String, Sendable {
    case running
    /// It has its sessions, and nothing has been heard from it for a while: stopped, or its machine is gone.
    case silent
    /// It never said that it ended, and has no session any more.
    case dead
    case ended
  }

  public var command: String
  public var state: State
  /// nil where it isn't in the run history: it has just begun, or that can't be read.
  public var record: RecordedRun?
  /// Since when nothing was heard from a silent one.
  public var silentSince: Timestamp?
  /// With a task, or waiting for a lock.
  public var workers: [WorkerStatus]
  /// Sessions beside these, which have no task at the moment.
  public var idle: Int

  public init(
    command: String, state: State, record: RecordedRun? = nil, silentSince: Timestamp? = nil,
    workers: [WorkerStatus] = [], idle: Int = 0
  ) {
    self.command = command
    self.state = state
    self.record = record
    self.silentSince = silentSince
    self.workers = workers
    self.idle = idle
  }
}

/// A session of a run.
public struct WorkerStatus: Sendable, Equatable {
  /// The server's process.
  public var process: Int64
  public var task: TaskPlace?
  /// Since when it has the task.
  public var since: Timestamp?
  public var phase: Phase

  public enum Phase: Sendable, Equatable {
    case waiting(for: AwaitedLock)
    case copying(rows: Int64, bytes: Int64)
    /// Building an index; what is done with it as PostgreSQL has it.
    case indexing(phase: String)
    /// A statement is running.
    case working
    /// The server waits for the program, which waits for the source.
    case reading
    case idle
    /// The role may not see it.
    case unseen
  }

  public init(process: Int64, task: TaskPlace? = nil, since: Timestamp? = nil, phase: Phase) {
    self.process = process
    self.task = task
    self.since = since
    self.phase = phase
  }
}

/// A lock that a session waits for.
public struct AwaitedLock: Sendable, Equatable {
  public var lock: String
  public var since: Timestamp?
  public var holders: [Holder]

  public init(lock: String, since: Timestamp?, holders: [Holder]) {
    self.lock = lock
    self.since = since
    self.holders = holders
  }
}

/// Who has something locked.
public struct Holder: Sendable, Equatable {
  /// With when its transaction began.
  public var owner: LockOwner
  /// A session of a run, which goes on by itself.
  public var isOurs: Bool

  public init(_ owner: LockOwner, isOurs: Bool = false) {
    self.owner = owner
    self.isOurs = isOurs
  }

  /// nil for a prepared transaction.
  public var process: Int64? { if case .session(let session) = owner { session.process } else { nil } }
}

/// Something that doesn't go on by itself.
public enum StatusTrouble: Sendable, Equatable {
  /// A run that never ended has no session any more.
  case dead(RecordedRun)
  /// Nothing has been heard from a run.
  case silent(command: String, RecordedRun?, since: Timestamp?)
  /// Sessions of a run are there that has lost the one with the queue's lock.
  case orphans(processes: [Int64])
  /// No run can work on a task, as somebody else has it locked.
  case lockedTask(TaskPlace, by: Holder)
  /// A run's session waits for somebody who isn't one of us.
  case waiting(process: Int64, TaskPlace?, AwaitedLock)
  /// Somebody who isn't one of us has the queue's lock.
  case lockedQueue(by: Holder)
  /// All parts of a chunk are copied, and it still lacks something.
  case unfinished(DeferredStatus)
}

/// What to do next.
public enum NextStep: String, Sendable, CaseIterable {
  case check
  case schema
  case stage
  case copy
  case verify
  case copyDiffering
  case refreshCaggs
  case jobsOn
  case clean
}
