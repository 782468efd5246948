public import ChunkCatalog
public import Postgres

/// Something a person at the keyboard wants to hear of while a command runs. The executable decides what it
/// looks like.
public enum Event: Sendable {
  /// A session is open: each command says first from where to where it works.
  case connected(ConnectedDatabase)
  /// Something that may need a person's attention.
  case warning(Finding)
  /// Something that is good to know, such as what a command is doing.
  case note(Finding)
  /// What this run has before it.
  case planned(Workload)
  /// A worker has begun a chunk.
  case began(worker: Int, StartedChunk)
  /// A worker does something else from now on.
  case phase(worker: Int, WorkerPhase)
  /// Bytes of COPY data went over the wire, for the live display.
  case moved(worker: Int, bytes: Int)
  /// A chunk is done.
  case finished(FinishedChunk)
  /// A chunk failed; the run goes on.
  case failed(FailedChunk)
  /// A part of a continuous aggregate was refreshed.
  case refreshing(RefreshStep)
  /// A continuous aggregate was refreshed, or needed nothing (`range` nil).
  case refreshed(RefreshedAggregate)
  /// A step of a command that goes step by step begins, or is done.
  case step(StepProgress)
  /// How far a load is, every few seconds.
  case loading(LoadProgress)
}

/// A chunk that is being worked on.
public struct StartedChunk: Sendable {
  /// One of the tasks into which a large chunk was cut.
  public struct Part: Sendable, Equatable {
    /// Counted from 1.
    public var number: Int64
    public var count: Int64

    public init(number: Int64, count: Int64) {
      self.number = number
      self.count = count
    }
  }

  public var chunk: QualifiedName
  /// nil where the whole chunk is meant.
  public var part: Part?
  /// nil where the queue doesn't say it.
  public var place: ChunkPlace?
  /// What staging thought that there is to read; nil where it didn't note it.
  public var expectedBytes: Int64?
  /// The task, for programs.
  public var task: TaskPlace?
}

/// A chunk that is done.
public struct FinishedChunk: Sendable {
  public enum Outcome: String, Sendable {
    case copied
    case skipped
    case verified
    /// Has as many rows on both sides, whatever is in them.
    case counted
    case differs
    /// Is in a file.
    case exported
  }

  public var worker: Int
  /// Which of the run's tasks this is, counted from 1 in order of completion.
  public var number: Int
  public var total: Int
  public var outcome: Outcome
  public var chunk: QualifiedName
  public var duration: Duration
  public var rows: Int64
  /// Bytes of COPY data; 0 for verify.
  public var bytes: Int64
  /// What else there is to say, such as how the chunk went or which columns differ.
  public var remarks: [TaskRemark]
  /// As of a `StartedChunk`.
  public var place: ChunkPlace?
  public var expectedBytes: Int64?
  /// The task, for programs.
  public var task: TaskPlace?
}

public struct FailedChunk: Sendable {
  public var worker: Int
  public var number: Int
  public var total: Int
  public var chunk: QualifiedName
  public var failure: TaskFailure
  /// As of a `StartedChunk`.
  public var place: ChunkPlace?
  public var expectedBytes: Int64?
  /// The task, for programs.
  public var task: TaskPlace?
}

/// How far a continuous aggregate is refreshed.
public struct RefreshStep: Sendable {
  public var view: QualifiedName
  /// Which of the parts into which its time was cut, counted from 1.
  public var batch: Int
  public var batches: Int
  /// Up to when it is refreshed.
  public var to: String
}

public struct RefreshedAggregate: Sendable {
  public var view: QualifiedName
  /// First and last time refreshed, as the server writes them; nil when there was nothing to do.
  public var range: (from: String, to: String)?
  public var duration: Duration
}

/// Takes events from any thread, at once and without blocking on anything but its own output.
///
/// A class, as Swift 6.0.3 takes a closure that captures both an existential of unknown size and a borrowed session for one
/// that consumes the session.
public protocol Reporter: AnyObject, Sendable {
  func report(_ event: Event)
}
