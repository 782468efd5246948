/// The words for what the queue keeps for people to read. This room and those above it hold values alone, and the
/// executable hands in the sentences that it also prints, so that the queue and the screen say the same.
public protocol QueueWords: Sendable {
  /// For `copy_message`; nil where there is nothing to say.
  func copyMessage(_ remarks: [CopyRemark]) -> String?
  /// For `verify_message`.
  func verifyMessage(_ result: ComparisonResult) -> String
  /// For `last_error`.
  func lastError(_ failure: TaskFailure) -> String
}
