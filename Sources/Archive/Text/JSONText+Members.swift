/// What is read out of a text that may lack anything.
extension JSONText {
  /// Which member isn't what it has to be.
  struct Mismatch: Error {
    let member: String
  }

  /// The first of that name; null where there is none.
  subscript(name: String) -> JSONText {
    guard case .object(let members) = self else { return .null }
    return members.first { $0.name == name }?.value ?? .null
  }

  func text(_ name: String) throws(Mismatch) -> String {
    guard case .text(let text) = self[name] else { throw Mismatch(member: name) }
    return text
  }

  func optionalText(_ name: String) throws(Mismatch) -> String? {
    self[name] == .null ? nil : try text(name)
  }

  func number(_ name: String) throws(Mismatch) -> Int64 {
    guard case .number(let number) = self[name] else { throw Mismatch(member: name) }
    return number
  }

  func optionalNumber(_ name: String) throws(Mismatch) -> Int64? {
    self[name] == .null ? nil : try number(name)
  }

  func flag(_ name: String) throws(Mismatch) -> Bool {
    guard case .flag(let flag) = self[name] else { throw Mismatch(member: name) }
    return flag
  }

  func array(_ name: String) throws(Mismatch) -> [JSONText] {
    guard case .array(let elements) = self[name] else { throw Mismatch(member: name) }
    return elements
  }

  func texts(_ name: String) throws(Mismatch) -> [String] {
    var texts: [String] = []
    for element in try array(name) {
      guard case .text(let text) = element else { throw Mismatch(member: name) }
      texts.append(text)
    }
    return texts
  }

  /// Texts by their names.
  func dictionary(_ name: String) throws(Mismatch) -> [String: String] {
    guard case .object(let members) = self[name] else { throw Mismatch(member: name) }
    var texts: [String: String] = [:]
    for member in members { texts[member.name] = try self[name].text(member.name) }
    return texts
  }
}
