/// Something the test harness itself could not do, as opposed to a behaviour under test that is wrong.
public struct HarnessError: Error, CustomStringConvertible {
  /// What was being done and what came of it, for the person reading the failed test.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
