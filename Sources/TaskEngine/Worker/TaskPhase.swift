public import Postgres

/// What a worker is doing with its task. Told where it is known anyway: nothing is asked for it.
public enum TaskPhase: Sendable {
  /// Finding out what there is, for the first time or once more.
  case beginning
  /// Making ready what parts of one whole need before they can be done side by side.
  case preparing
  /// Taking away what is in the way of the data, and the locks that this needs.
  case clearing
  case decompressing
  /// Data is on its way.
  case moving
  case compressing
  /// Building so many indexes.
  case indexing(Int)
  case comparing
  /// Finding out where two sides differ.
  case locating
  /// The marks are being written, and the transaction is being committed.
  case ending
  /// Others were in the way: the task is tried again after a wait.
  case retrying(after: Duration, because: PostgresError)
}

/// What a task's work tells while it goes on.
public enum TaskNews: Sendable {
  /// Bytes of data went on their way.
  case moved(bytes: Int)
  case phase(TaskPhase)
}
