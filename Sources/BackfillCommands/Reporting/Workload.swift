import ChunkCatalog

/// What a run has before it, and what was done before it.
public struct Workload: Sendable, Equatable {
  /// Of this run.
  public var tasks: Int
  /// Done by earlier runs.
  public var tasksBefore: Int
  /// What these are expected to read; nil where that isn't known of all of them.
  public var bytes: Int64?
  public var bytesBefore: Int64?

  public init(tasks: Int, tasksBefore: Int = 0, bytes: Int64? = nil, bytesBefore: Int64? = nil) {
    self.tasks = tasks
    self.tasksBefore = tasksBefore
    self.bytes = bytes
    self.bytesBefore = bytesBefore
  }

  /// A run that is about some of the queue's tasks only has nothing before it, and sizes of all tasks say nothing of it.
  init(tasks: Int, _ sizes: QueueSizes?) {
    guard let sizes, sizes.open == tasks else {
      self.init(tasks: tasks)
      return
    }
    self.init(
      tasks: tasks, tasksBefore: sizes.done, bytes: sizes.openBytes, bytesBefore: sizes.doneBytes)
  }
}
