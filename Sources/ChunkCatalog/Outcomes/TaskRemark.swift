/// What else there is to say of a task that is done.
public enum TaskRemark: Sendable, Equatable {
  case copying(CopyRemark)
  case comparison(ComparisonResult)
}
