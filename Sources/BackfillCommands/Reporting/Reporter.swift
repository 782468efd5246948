public import Postgres

/// Something a person at the keyboard wants to hear of while a command runs. The executable decides what it
/// looks like.
public enum Event: Sendable {
  /// A session is open: each command says first from where to where it works.
  case connected(ConnectedDatabase)
  /// Worth a line of its own on standard error.
  case warning(String)
  /// A plain line of progress on standard output, such as what staging is doing.
  case note(String)
  /// How many tasks this run has before it.
  case planned(tasks: Int)
  /// A worker has begun a chunk.
  case began(worker: Int, chunk: QualifiedName)
  /// Bytes of COPY data went over the wire, for the live display.
  case moved(worker: Int, bytes: Int)
  /// A chunk is done.
  case finished(FinishedChunk)
  /// A chunk failed; the run goes on.
  case failed(FailedChunk)
  /// A continuous aggregate was refreshed, or needed nothing (`range` nil).
  case refreshed(RefreshedAggregate)
}

/// A chunk that is done, as it is printed: `[i/N] verb "schema"."name" time rate`.
public struct FinishedChunk: Sendable {
  public enum Verb: String, Sendable {
    case copied = "Copied"
    case skipped = "Skipped"
    case verified = "Verified"
    case differs = "Differs"
  }

  public var worker: Int
  /// Which of the run's tasks this is, counted from 1 in order of completion.
  public var number: Int
  public var total: Int
  public var verb: Verb
  public var chunk: QualifiedName
  public var duration: Duration
  public var rows: Int64
  /// Bytes of COPY data; 0 for verify.
  public var bytes: Int64
  /// What else there is to say, such as how the chunk went or which columns differ.
  public var remarks: [String]
}

public struct FailedChunk: Sendable {
  public var worker: Int
  public var number: Int
  public var total: Int
  public var chunk: QualifiedName
  /// What was being done, on which side, what the server said.
  public var reason: String
  /// What a person can do about it, where that is known.
  public var advice: String?
}

public struct RefreshedAggregate: Sendable {
  public var view: QualifiedName
  /// First and last time refreshed, as the server writes them; nil when there was nothing to do.
  public var range: (from: String, to: String)?
  public var duration: Duration
}

/// Takes events from any thread, at once and without blocking on anything but its own output.
public protocol Reporter: Sendable {
  func report(_ event: Event)
}

/// Why a command could not do its work. Everything is told in sentences for a person; `exitCode` follows from
/// the case.
public enum CommandFailure: Error, Sendable {
  /// An argument's value makes no sense, found before anything was attempted: exit code 2.
  case usage(String, advice: String?)
  /// The run can't go on: exit code 1.
  case failed(String, advice: String?)
  /// The run was stopped before its work was done: exit code 130.
  case stopped(String)
}
