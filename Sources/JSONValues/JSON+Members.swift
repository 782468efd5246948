/// What is read out of a text that may lack anything.
extension JSON {
  /// Which member isn't what it has to be.
  public struct Mismatch: Error {
    public let member: String

    public init(member: String) { self.member = member }
  }

  /// The first of that name; null where there is none.
  public subscript(name: String) -> JSON {
    guard case .members(let members) = self else { return .null }
    return members.first { $0.name == name }?.value ?? .null
  }

  public func text(_ name: String) throws(Mismatch) -> String {
    guard case .string(let text) = self[name] else { throw Mismatch(member: name) }
    return text
  }

  /// A text that is one of an enumeration's.
  public func text<Value: RawRepresentable<String>>(
    _ name: String, among type: Value.Type
  ) throws(Mismatch) -> Value {
    guard let value = Value(rawValue: try text(name)) else { throw Mismatch(member: name) }
    return value
  }

  public func optionalText(_ name: String) throws(Mismatch) -> String? {
    self[name] == .null ? nil : try text(name)
  }

  public func number(_ name: String) throws(Mismatch) -> Int64 {
    guard case .whole(let number) = self[name] else { throw Mismatch(member: name) }
    return number
  }

  public func optionalNumber(_ name: String) throws(Mismatch) -> Int64? {
    self[name] == .null ? nil : try number(name)
  }

  public func flag(_ name: String) throws(Mismatch) -> Bool {
    guard case .flag(let flag) = self[name] else { throw Mismatch(member: name) }
    return flag
  }

  public func optionalFlag(_ name: String) throws(Mismatch) -> Bool? {
    self[name] == .null ? nil : try flag(name)
  }

  public func array(_ name: String) throws(Mismatch) -> [JSON] {
    guard case .array(let elements) = self[name] else { throw Mismatch(member: name) }
    return elements
  }

  public func numbers(_ name: String) throws(Mismatch) -> [Int64] {
    var numbers: [Int64] = []
    for element in try array(name) {
      guard case .whole(let number) = element else { throw Mismatch(member: name) }
      numbers.append(number)
    }
    return numbers
  }

  public func texts(_ name: String) throws(Mismatch) -> [String] {
    var texts: [String] = []
    for element in try array(name) {
      guard case .string(let text) = element else { throw Mismatch(member: name) }
      texts.append(text)
    }
    return texts
  }

  /// Texts by their names.
  public func dictionary(_ name: String) throws(Mismatch) -> [String: String] {
    guard case .members(let members) = self[name] else { throw Mismatch(member: name) }
    var texts: [String: String] = [:]
    for member in members { texts[member.name] = try self[name].text(member.name) }
    return texts
  }
}
