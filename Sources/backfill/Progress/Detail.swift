/// How much of a run is told.
enum Detail: Int, Comparable, Sendable {
  /// Results at the end, warnings and errors.
  case quiet
  case normal
  /// Also what each worker does.
  case verbose

  static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
}
