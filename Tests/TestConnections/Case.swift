/// A row of a table test, shown by its name.
public struct Case<Input: Sendable, Expected: Sendable>: Sendable, CustomStringConvertible {
  public let name: String
  public let input: Input
  public let expected: Expected

  public init(_ name: String, _ input: Input, _ expected: Expected) {
    self.name = name
    self.input = input
    self.expected = expected
  }

  public var description: String { name }
}
